package io.github.incusstemcell.junit.assertj;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the sources say of one assertion: of those which go on with the same subject, but those which say that they return assertions on
 * something else.
 *
 * @param type the simple name of the class that has it
 * @param signature its name and parameters
 * @param text its Javadoc, empty where it has none
 */
record AssertionJavadoc(String type, String signature, String text) {

    private static final Path SOURCES = Path.of("src/main/java/io/github/incusstemcell/junit/assertj");
    private static final Pattern BLOCK = Pattern.compile("<pre>\\{@code\n(.*?)\n ?}</pre>", Pattern.DOTALL);

    /** All of them, by the name of their class, in the order of the sources. */
    static List<AssertionJavadoc> all() throws IOException {
        Map<String, Set<String>> assertions = assertions();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = assertions.keySet().stream()
                    .map(type -> SOURCES.resolve(type + ".java"))
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees docs = DocTrees.instance(task);
            List<AssertionJavadoc> all = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(docs, assertions, all).scan(unit, null);
            }
            return all;
        }
    }

    /** The names of the methods that may be some, by class. */
    private static Map<String, Set<String>> assertions() {
        Stream<Class<?>> types = Stream.concat(
                Stream.of(StemcellAssert.class),
                EveryAssertion.all().stream()
                        .map(assertion -> assertion.method().getDeclaringClass()));
        return types.distinct()
                .sorted(Comparator.comparing(Class::getSimpleName))
                .collect(Collectors.toMap(Class::getSimpleName, AssertionJavadoc::names, (a, b) -> a, TreeMap::new));
    }

    private static Set<String> names(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> returnsItsSubject(type, method.getReturnType()))
                .map(Method::getName)
                .filter(name -> !name.equals("describedAs"))
                .collect(Collectors.toSet());
    }

    private static boolean returnsItsSubject(Class<?> type, Class<?> returned) {
        return (GuestAssert.class.isAssignableFrom(returned) || returned == StemcellAssert.class)
                && (returned.isAssignableFrom(type) || type.isAssignableFrom(returned));
    }

    /** Finds them in a source. */
    private static final class Scanner extends TreePathScanner<Void, Void> {

        private final DocTrees docs;
        private final Map<String, Set<String>> assertions;
        private final List<AssertionJavadoc> all;

        Scanner(DocTrees docs, Map<String, Set<String>> assertions, List<AssertionJavadoc> all) {
            this.docs = docs;
            this.assertions = assertions;
            this.all = all;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            TreePath path = getCurrentPath();
            String type =
                    ((ClassTree) path.getParentPath().getLeaf()).getSimpleName().toString();
            boolean isAssertion = method.getModifiers().getFlags().contains(javax.lang.model.element.Modifier.PUBLIC)
                    && assertions
                            .getOrDefault(type, Set.of())
                            .contains(method.getName().toString());
            String text = Objects.requireNonNullElse(docs.getDocComment(path), "");
            if (isAssertion && !text.contains("@return assertions")) {
                String parameters =
                        method.getParameters().stream().map(String::valueOf).collect(Collectors.joining(", "));
                all.add(new AssertionJavadoc(type, method.getName() + "(" + parameters + ")", text.strip()));
            }
            return null;
        }
    }

    /** What stands in each of its blocks of code. */
    List<String> blocks() {
        return BLOCK.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /**
     * A statement of an example.
     *
     * @param code as it can be compiled
     * @param marker {@code passes} or {@code fails}, or more behind that where it takes what a test does not have; empty where it prepares
     */
    record Statement(String code, String marker) {

        private static final Pattern END = Pattern.compile("(.*;)(?: // ((?:passes|fails).*))?");

        static List<Statement> of(String block) {
            List<Statement> statements = new ArrayList<>();
            StringBuilder code = new StringBuilder();
            for (String line : block.lines().toList()) {
                Matcher end = END.matcher(line);
                if (end.matches()) {
                    String marker = Objects.requireNonNullElse(end.group(2), "");
                    statements.add(new Statement(code + end.group(1), marker));
                    code.setLength(0);
                } else {
                    code.append(line).append('\n');
                }
            }
            if (!code.toString().isBlank()) {
                throw new IllegalStateException("No end of a statement: " + code);
            }
            return statements;
        }
    }

    @Override
    public String toString() {
        return type + "." + signature;
    }
}
