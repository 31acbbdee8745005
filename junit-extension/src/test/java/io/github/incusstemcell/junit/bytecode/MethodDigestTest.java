package io.github.incusstemcell.junit.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compiles a class before and after an edit. */
class MethodDigestTest {

    private static final String SOURCE = """
            class Base {
                static int inherited() { return 1; }
            }

            class Fixture extends Base {

                private static final String RELEASE = "nginx-1";
                private static String[] packages = {"curl"};

                enum Mode { ON, OFF }

                interface Step { void run(); }

                static void provision(StringBuilder guest) throws Exception {
                    guest.append(RELEASE + packages[0]);
                    helper(guest);
                    Runnable lambda = () -> guest.append("lambda");
                    lambda.run();
                    call(new Step() {
                        @Override
                        public void run() {
                            guest.append("anonymous");
                        }
                    });
                    switch (Mode.valueOf("ON")) {
                        case ON: guest.append("on"); break;
                        default: guest.append("off");
                    }
                    switch (guest.length()) {
                        case 1, 2, 3 -> guest.append("few");
                        case 1000, 100000 -> guest.append("many");
                        default -> guest.append(inherited());
                    }
                    try {
                        guest.append(new long[2][3].length + 2.5 + 3L);
                    } catch (IllegalStateException e) {
                        guest.append("failed");
                    } finally {
                        guest.append("done");
                    }
                }

                private static void call(Step step) { step.run(); }

                private static void helper(StringBuilder guest) {
                    for (int i = 0; i < 300; i++) {
                        guest.append("helper");
                    }
                }

                static Runnable test() {
                    return () -> System.out.println("a test");
                }
            }
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "nginx-1, nginx-2",
                "{\"curl\"}, {\"wget\"}",
                "return 1;, return 2;",
                "\"helper\", \"other\"",
                "i < 300, i < 301",
                "i < 300, i > 300",
                "\"lambda\", \"other\"",
                "\"anonymous\", \"other\"",
                "case ON:, case OFF:",
                "`case 1, 2, 3`, `case 1, 2, 4`",
                "1000, 1001",
                "new long[2][3], new int[2][3]",
                "2.5, 2.6",
                "IllegalStateException e, IllegalArgumentException e",
                "\"done\", \"ended\"",
            })
    void changesWithWhatTheMethodReaches(String before, String after) throws Exception {
        assertThat(SOURCE).contains(before);

        assertThat(digest(SOURCE.replace(before, after))).isNotEqualTo(digest(SOURCE));
    }

    @Test
    void staysWhateverElseIsEdited() throws Exception {
        String strings = IntStream.range(0, 400)
                .mapToObj(i -> "other[" + i + "] = \"constant " + i + "\";")
                .collect(Collectors.joining("\n"));
        String edited = SOURCE.replace("class Fixture extends Base {", """
                        class Fixture extends Base {
                            // A comment.
                            static Object another() {
                                String[] other = new String[400];
                                %s
                                Runnable lambda = () -> System.out.println("before the others");
                                return new Step() {
                                    public void run() { lambda.run(); }
                                };
                            }
                        """.formatted(strings))
                .replace("a test", "another test")
                .replace("helper(guest)", "\n\n helper(guest)")
                .replace("int i = 0; i < 300; i++", "int count = 0; count < 300; count++");

        assertThat(digest(edited)).isEqualTo(digest(SOURCE));
    }

    @Test
    void readsClassesOfAllKinds() throws Exception {
        for (Class<?> type :
                new Class<?>[] {MethodDigest.class, Instructions.class, org.assertj.core.api.Assertions.class}) {
            for (var method : type.getDeclaredMethods()) {
                assertThat(MethodDigest.of(method)).matches("[0-9a-f]{64}");
            }
        }
    }

    @Test
    void needsAClassFile() {
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Runnable.class}, (self, method, arguments) -> null);

        assertThat(catchThrowable(() -> MethodDigest.of(proxy.getClass().getDeclaredMethod("run"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("The class file of ")
                .hasMessageContaining(" cannot be read");
    }

    private String digest(String source) throws Exception {
        Path out = Files.createTempDirectory(folder, "classes");
        compile(source, out);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {out.toUri().toURL()}, null)) {
            return MethodDigest.of(Arrays.stream(loader.loadClass("Fixture").getDeclaredMethods())
                    .filter(method -> method.getName().equals("provision"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    private static void compile(String source, Path out) throws IOException {
        Path file = Files.writeString(out.resolve("Fixture.java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", out + File.separator, file.toString()))
                .isZero();
    }
}
