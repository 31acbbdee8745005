package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/assertions.md has each assertion that there is, and no other. */
class AssertionsPageTest {

    private static final Pattern LINE = Pattern.compile("## (\\w+)|\\| `(\\w+)\\(.*");

    private static Map<String, Set<String>> written() throws IOException {
        Map<String, Set<String>> written = new TreeMap<>();
        String type = "";
        for (String line : Files.readAllLines(Path.of("../docs/assertions.md"))) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && matcher.group(1) != null) {
                type = matcher.group(1);
                written.put(type, new TreeSet<>());
            } else if (matcher.matches()) {
                written.get(type).add(matcher.group(2));
            }
        }
        return written;
    }

    private static void add(Map<String, Set<String>> all, Class<?> type) {
        Set<String> names = new TreeSet<>();
        if (type == Object.class || all.putIfAbsent(type.getSimpleName(), names) != null) {
            return;
        }
        for (Method method : type.getDeclaredMethods()) {
            boolean isAssertion = Modifier.isPublic(method.getModifiers())
                    && !method.isSynthetic()
                    && !method.getName().equals("describedAs");
            if (isAssertion) {
                names.add(method.getName());
                if (GuestAssert.class.isAssignableFrom(method.getReturnType())) {
                    add(all, method.getReturnType());
                }
            }
        }
        add(all, type.getSuperclass());
    }

    @Test
    void hasEachAssertionAndNoOther() throws IOException {
        Map<String, Set<String>> all = new TreeMap<>();
        Stream.of(StemcellAssert.class, AbstractStemcellAssert.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(Method::getReturnType)
                .filter(GuestAssert.class::isAssignableFrom)
                .forEach(type -> add(all, type));
        all.values().removeIf(Set::isEmpty); // Those without any are for others to extend.

        assertThat(written()).isEqualTo(all);
    }
}
