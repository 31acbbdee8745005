package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which mounts of /proc/PID/mountinfo others hide. */
class MountTreeTest {

    private static String line(int id, int parent, String path) {
        return id + " " + parent + " 0:1 / " + path + " rw - tmpfs x rw";
    }

    private static List<String> visible(String... lines) {
        return Mounts.of("c1", String.join("\n", lines)).mounts().stream()
                .map(GuestMount::path)
                .toList();
    }

    @Test
    void hidesWhatIsBeneath() {
        assertThat(visible(line(1, 0, "/"), line(2, 1, "/a"), line(3, 1, "/a/b"), line(4, 2, "/a/b")))
                .as("mounted beneath before the folder")
                .containsExactly("/", "/a", "/a/b");
        assertThat(visible(line(1, 0, "/"), line(2, 1, "/a/b"), line(3, 2, "/a/b/c"), line(4, 1, "/a")))
                .as("with what is in it")
                .containsExactly("/", "/a");
        assertThat(visible(line(1, 0, "/"), line(2, 1, "/a"), line(3, 2, "/a/b"), line(4, 2, "/a")))
                .as("by one on top")
                .containsExactly("/", "/a");
        assertThat(visible(line(1, 0, "/"), line(2, 1, "/ab"), line(3, 1, "/a"), line(4, 3, "/a/b")))
                .as("but not beside it, nor what is in it")
                .containsExactly("/", "/ab", "/a", "/a/b");
    }

    /** As many as a kernel allows, beside and on top of each other. */
    @Test
    void mayBeVeryMany() {
        String many = IntStream.range(2, 50_000)
                .mapToObj(id -> line(id, 1, "/beside/" + id) + "\n" + line(50_000 + id, 49_999 + id, "/top"))
                .collect(Collectors.joining("\n"));

        assertThat(visible(line(1, 0, "/"), line(50_001, 1, "/top"), many))
                .hasSize(50_000)
                .contains("/", "/beside/2", "/top");
    }

    /** The kernel writes a line end as a number, but not this. */
    @Test
    void aCarriageReturnIsPartOfAPath() {
        assertThat(visible(line(1, 0, "/"), line(2, 1, "/a\rb"), line(3, 1, "/c\\012d")))
                .containsExactly("/", "/a\rb", "/c\nd");
    }
}
