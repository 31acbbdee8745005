package io.github.incusstemcell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitecturePageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`");

    /** Whoever renames a class is told of the page. */
    @Test
    void namesOnlyClassesThatExist() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher matcher = CLASS.matcher(Files.readString(ROOT.resolve("docs/ARCHITECTURE.md")));
        while (matcher.find()) {
            named.add(matcher.group(1));
        }

        assertThat(named).hasSizeGreaterThan(50);
        assertThat(classes()).containsAll(named);
    }

    private static Set<String> classes() throws IOException {
        try (Stream<Path> core = Files.walk(ROOT.resolve("core/src"));
                Stream<Path> extension = Files.walk(ROOT.resolve("junit-extension/src"))) {
            return Stream.concat(core, extension)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }
}
