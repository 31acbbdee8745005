package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.assertj.AssertionJavadoc.Statement;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of assertions are compiled as a user's, and do on a stemcell what they say. */
@IncusStemcell
class JavadocExamplesTest {

    private static final String HEAD = """
            package examples;

            import static io.github.incusstemcell.incus.FileType.*;
            import static io.github.incusstemcell.junit.assertj.DnsType.*;
            import static io.github.incusstemcell.junit.assertj.GuestSocket.*;
            import static io.github.incusstemcell.junit.assertj.MountPropagation.*;
            import static io.github.incusstemcell.junit.assertj.PasswordHash.*;
            import static io.github.incusstemcell.junit.assertj.ProcessLimit.*;
            import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
            import static io.github.incusstemcell.systemd.Dependency.*;
            import static io.github.incusstemcell.systemd.Priority.*;
            import static java.time.Duration.*;

            import io.github.incusstemcell.agent.*;
            import io.github.incusstemcell.container.*;
            import io.github.incusstemcell.incus.*;
            import io.github.incusstemcell.junit.assertj.*;
            import io.github.incusstemcell.systemd.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.regex.Pattern;
            """;

    private static final JobSpec WEB = JobSpec.rendered(Path.of("../core/src/test/resources/jobs/web"));
    private static final List<AssertionJavadoc> DOCUMENTED = new ArrayList<>();
    private static Class<?> examples = JavadocExamplesTest.class;

    @BeforeAll
    static void compile(@TempDir Path folder) throws IOException, ClassNotFoundException {
        AssertionJavadoc.all().stream()
                .filter(javadoc -> !javadoc.blocks().isEmpty())
                .forEach(DOCUMENTED::add);
        String methods = IntStream.range(0, DOCUMENTED.size())
                .mapToObj(number -> method(number, statements(DOCUMENTED.get(number))))
                .collect(Collectors.joining("\n"));
        Path source = Files.writeString(
                folder.resolve("Examples.java"), HEAD + "\npublic final class Examples {\n\n" + methods + "}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of("-proc:none", "-d", folder.toString()),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
        }
        assertThat(problems.getDiagnostics()).isEmpty();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, JavadocExamplesTest.class.getClassLoader())) {
            examples = loader.loadClass("examples.Examples");
        }
    }

    private static List<Statement> statements(AssertionJavadoc javadoc) {
        return javadoc.blocks().stream()
                .flatMap(block -> Statement.of(block).stream())
                .toList();
    }

    private static String method(int number, List<Statement> statements) {
        return "// " + DOCUMENTED.get(number) + "\npublic static void example" + number
                + "(StemcellContainer stemcell, JobSpec web, java.util.function.BiConsumer<Integer,"
                + " org.assertj.core.api.ThrowableAssert.ThrowingCallable> examples) throws Throwable {\n"
                + IntStream.range(0, statements.size())
                        .mapToObj(index -> statement(index, statements.get(index)))
                        .collect(Collectors.joining("\n"))
                + "\n}\n";
    }

    private static String statement(int index, Statement statement) {
        return statement.marker().isEmpty()
                ? statement.code()
                : "examples.accept(" + index + ", () -> {\n" + statement.code() + "\n});";
    }

    private static Stream<DynamicTest> tests(StemcellContainer stemcell, Predicate<AssertionJavadoc> which) {
        return IntStream.range(0, DOCUMENTED.size())
                .filter(number -> which.test(DOCUMENTED.get(number)))
                .mapToObj(number -> DynamicTest.dynamicTest(
                        DOCUMENTED.get(number).toString(),
                        () -> assertThat(misses(number, stemcell)).isEmpty()));
    }

    /** What the examples of one assertion do other than they say. Nobody else sees what they have started. */
    private static List<String> misses(int number, StemcellContainer stemcell) throws Throwable {
        List<Statement> statements = statements(DOCUMENTED.get(number));
        List<String> misses = new ArrayList<>();
        BiConsumer<Integer, ThrowingCallable> run = (index, code) -> {
            Statement statement = statements.get(index);
            boolean isRun =
                    statement.marker().equals("passes") || statement.marker().equals("fails");
            Throwable thrown = isRun ? catchThrowable(code) : null;
            boolean holds = statement.marker().equals("fails") ? thrown instanceof AssertionError : thrown == null;
            if (!holds) {
                misses.add(statement.code().strip() + " // " + statement.marker() + "\n  but: " + thrown);
            }
        };
        try {
            examples.getMethod("example" + number, StemcellContainer.class, JobSpec.class, BiConsumer.class)
                    .invoke(null, stemcell, WEB, run);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            if (statements.toString().contains("systemd-run")) {
                stemcell.exec("systemctl", "stop", "run-*.service").requireSuccess();
            }
        }
        return misses;
    }

    private static boolean isOfAgent(AssertionJavadoc javadoc) {
        return javadoc.type().startsWith("Agent");
    }

    @TestFactory
    Stream<DynamicTest> examplesDoWhatTheySay(StemcellContainer stemcell) {
        return tests(stemcell, javadoc -> !isOfAgent(javadoc));
    }

    @TestFactory
    @IncusStemcell(agent = true)
    Stream<DynamicTest> examplesOfTheAgentDoWhatTheySay(StemcellContainer stemcell) {
        return tests(stemcell, JavadocExamplesTest::isOfAgent);
    }
}
