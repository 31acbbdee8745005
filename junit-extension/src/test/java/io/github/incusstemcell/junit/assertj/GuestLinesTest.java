package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where lines of a guest's text end: at the one end that its programs know. */
class GuestLinesTest {

    @Test
    void patternsKnowOneEndOfALine() {
        Pattern lines = Arguments.regex("^BAZ$", Pattern.MULTILINE);
        assertThat(lines.matcher("FOO\nBAZ\nQUX\n").find()).isTrue();
        for (String other : new String[] {"\r", "\u0085", "\u2028", "\u2029"}) {
            assertThat(lines.matcher("FOO" + other + "BAZ\n").find()).isFalse();
            assertThat(lines.matcher("BAZ" + other + "\n").find()).isFalse();
            assertThat(Arguments.regex("bar$", 0).matcher("bar" + other).find()).isFalse();
            assertThat(Arguments.regex("^a.b$", 0).matcher("a" + other + "b").find())
                    .isTrue();
        }
    }

    @Test
    void linesEndAtOne() {
        assertThat(FileContent.lines("")).isEmpty();
        assertThat(FileContent.lines("\n")).containsExactly("");
        assertThat(FileContent.lines("a\r\n\nb\rc\u2028d")).containsExactly("a\r", "", "b\rc\u2028d");
    }

    @Test
    void pathsOfMountsMayHaveOthers() {
        Mounts mounts = Mounts.of("c1", "22 1 0:21 / / rw - tmpfs none rw\n23 22 0:22 / /a\rb rw - tmpfs none rw\n");

        assertThat(mounts.mounts()).extracting(GuestMount::path).containsExactly("/", "/a\rb");
    }
}
