package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One import is enough for assertions on stemcells and for all of AssertJ's own, and AssertJ's beside it does no harm. */
class ImportsTest {

    private static final String OURS = "io.github.incusstemcell.junit.assertj.StemcellAssertions.";
    private static final String ASSERTJS = "org.assertj.core.api.Assertions.";

    /** A test as somebody writes it who knows nothing of imports. */
    private static final String TEST = """
            class SomeTest {
                void looksAtAStemcell(io.github.incusstemcell.container.StemcellContainer stemcell) {
                    assertThat(stemcell).unit("cron").isActive();
                    assertThat(stemcell.name()).startsWith("ic-");
                    assertThat(stemcell.exec("id").exitCode()).isZero();
                    assertThat(java.util.List.of(stemcell.name())).hasSize(1).containsExactly("x");
                    assertThat(java.util.Map.of("a", 1)).containsKey("a");
                    assertThat(java.util.Optional.of("a")).contains("a");
                    assertThat(java.nio.file.Path.of("a")).exists();
                    assertThat(java.time.Instant.now()).isAfter("2020-01-01T00:00:00Z");
                    assertThat(new byte[1]).isEmpty();
                    assertThat(new Object()).isNotNull();
                    %s
                }
            }
            """;

    private static final String MORE = """
            assertThat(that(stemcell)).unit("cron").isActive();
            assertThatThrownBy(() -> stemcell.exec("no")).hasMessage("no");
            assertThat(java.util.List.of("a")).extracting(String::length).contains(1);
            org.assertj.core.groups.Tuple tuple = tuple("a", 1);
            """;

    private static List<String> problems(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///SomeTest.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        // Not to be run: no classes are made of it.
        compiler.getTask(null, null, found, List.of("-proc:none", "-XDshould-stop.ifNoError=FLOW"), null, List.of(file))
                .call();
        return found.getDiagnostics().stream().map(Diagnostic::toString).toList();
    }

    private static String importing(String names) {
        return Stream.of(names.split(" "))
                .map(name -> "import static " + name.replace("OURS.", OURS).replace("ASSERTJS.", ASSERTJS) + ";")
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OURS.assertThat",
                "OURS.assertThat ASSERTJS.*",
                "OURS.assertThat ASSERTJS.assertThat",
            })
    void assertThatIsEnough(String names) {
        assertThat(problems(importing(names) + TEST.formatted(""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OURS.*",
                "OURS.* ASSERTJS.*",
                "OURS.* OURS.assertThat ASSERTJS.* ASSERTJS.assertThat ASSERTJS.tuple",
                "OURS.assertThat OURS.that ASSERTJS.*",
            })
    void everythingIsEnough(String names) {
        assertThat(problems(importing(names) + TEST.formatted(MORE))).isEmpty();
    }
}
