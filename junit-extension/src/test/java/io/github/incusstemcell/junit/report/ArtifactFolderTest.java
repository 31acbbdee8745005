package io.github.incusstemcell.junit.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that a guest may have for its files, and what becomes of them on this machine. */
class ArtifactFolderTest {

    @TempDir
    private Path folder;

    @Test
    void keepsThePathsOfTheGuest() throws IOException {
        assertThat(write("/var/vcap/sys/log/web/web.stdout.log"))
                .containsExactly("artifacts/var/vcap/sys/log/web/web.stdout.log");
    }

    @Test
    void writesNothingOutsideOfItself() throws IOException {
        assertThat(write("/../../out", "/a/../../../out", "/./x", "/a\\..\\b"))
                .containsExactly("artifacts/_/_/out", "artifacts/_/x", "artifacts/a/_/_/_/out", "artifacts/a_.._b");
    }

    @Test
    void keepsNamesApartThatBecomeOne() throws IOException {
        assertThat(write("/a:b", "/a?b", "/a*b/c", "/\udc80", "/\n"))
                .containsExactly(
                        "artifacts/_", "artifacts/_-2", "artifacts/a_b", "artifacts/a_b-2", "artifacts/a_b-3/c");
    }

    @Test
    void saysWhatCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("artifacts"), "in the way");

        List<Diagnosis.Entry> entries = new ArtifactFolder(folder).write(List.of(file("/etc/motd")));

        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).trouble().orElseThrow())
                .startsWith("it cannot be written: java.nio.file.")
                .contains("artifacts");
    }

    private List<String> write(String... names) throws IOException {
        new ArtifactFolder(folder)
                .write(Stream.of(names).map(ArtifactFolderTest::file).toList());
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static Diagnostics.File file(String name) {
        return new Diagnostics.File(name, name, new byte[] {1}, Optional.empty());
    }
}
