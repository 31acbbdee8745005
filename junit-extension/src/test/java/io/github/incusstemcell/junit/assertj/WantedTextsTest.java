package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a message says that an assertion wanted stands in a test: two assertions with swapped words would be told apart by nothing else.
 *
 * <p>Such a text begins a literal of the sources by a verb. Where the literal goes on with a value, by a space, a quote or an equals sign at
 * its end, a test has it with any value; else with nothing behind it but how long was waited.
 */
class WantedTextsTest {

    private static final Path ASSERTIONS = Path.of("src/main/java/io/github/incusstemcell/junit/assertj");
    private static final Path TESTS = Path.of("src/test/java");

    private static final Pattern WANTED = Pattern.compile(
            "[(?:]\\s*\"((?:not )?(?:accept|activate|answer|be|change|contain|end|exist|fail|go|have|match|need|print|resolve"
                    + "|run|satisfy|start|use)(?: (?:[^\"\\\\]|\\\\.)*)?)\"");

    private static final Pattern JOINTS = Pattern.compile("\"\\s*\\+\\s*\"");

    private static final Pattern COMMENTS = Pattern.compile("(?m)^\\s*(?:\\*|/\\*\\*|//).*$");

    /** Of what is told by stderr, which takes any end of a command. */
    private static final String NEVER_SAID = "end";

    private static final String BEHIND = "(?: within | for | except |\\\\n|[\"|)])";

    @Test
    void eachStandsInATest() throws IOException {
        SortedSet<String> wanted = new TreeSet<>();
        for (String source : sources(ASSERTIONS, "Assert.java")) {
            WANTED.matcher(COMMENTS.matcher(source).replaceAll(""))
                    .results()
                    .forEach(text -> wanted.add(text.group(1)));
        }
        String tests = String.join("\n", sources(TESTS, "Test.java"));

        assertThat(wanted.remove(NEVER_SAID)).isTrue();
        assertThat(wanted).as("texts of assertions").hasSizeGreaterThan(150);
        assertThat(wanted).allSatisfy(text -> assertThat(tests).containsPattern(inATest(text)));
    }

    private static Pattern inATest(String text) {
        boolean isOpen = text.endsWith(" ") || text.endsWith("\"") || text.endsWith("=");
        return Pattern.compile("\\bto " + Pattern.quote(text) + (isOpen ? "" : BEHIND));
    }

    private static List<String> sources(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> sources = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(suffix)).toList()) {
                sources.add(JOINTS.matcher(Files.readString(file)).replaceAll(""));
            }
            return sources;
        }
    }
}
