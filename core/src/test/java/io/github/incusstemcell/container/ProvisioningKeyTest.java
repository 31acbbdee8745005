package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes two provisionings end in one image, and what does not. */
class ProvisioningKeyTest {

    private static final Provisioning PLAIN = Provisioning.of("NginxTest#install", container -> {});
    private static final ContainerSpec SPEC = ContainerSpec.of("stemcell:1");

    @TempDir
    private Path folder;

    @Test
    void everythingThatShapesAnImageIsInItsKey() throws IOException {
        Path file = write("a/release.tgz", "one");
        Path other = write("b/release.tgz", "two");
        Path renamed = write("a/renamed.tgz", "one");
        List<String> keys = List.of(
                key(SPEC, PLAIN, "0"),
                key(SPEC, PLAIN, "1"),
                key(SPEC, PLAIN.withVersion("2"), "0"),
                key(SPEC, Provisioning.of(PLAIN.name(), new OtherCode()), "0"),
                key(SPEC, Provisioning.of("NginxTest#other", container -> {}), "0"),
                key(SPEC, PLAIN.withFiles(file), "0"),
                key(SPEC, PLAIN.withFiles(other), "0"),
                key(SPEC, PLAIN.withFiles(renamed), "0"),
                key(SPEC, PLAIN.withFiles(file, other), "0"),
                key(SPEC, PLAIN.withFiles(other, file), "0"),
                key(SPEC.toBuilder().config("security.nesting", "true").build(), PLAIN, "0"),
                key(SPEC.toBuilder().device("shared", Map.of("type", "disk")).build(), PLAIN, "0"),
                key(SPEC.toBuilder().profiles(List.of("big")).build(), PLAIN, "0"));

        assertThat(keys).doesNotHaveDuplicates().allMatch(key -> key.matches("[0-9a-f]{64}"));
    }

    @Test
    void whatConcernsOnlyARunIsNot() {
        ContainerSpec elsewhere = SPEC.toBuilder()
                .network("lan")
                .address("10.78.0.50")
                .limits(Limits.NONE.withMemory("512MiB"))
                .location(Location.DEFAULT.withStoragePool("fast"))
                .agentSettings("{}")
                .journalInLog(true)
                .owner("another")
                .startupTimeout(Duration.ofDays(1))
                .build();

        assertThat(key(elsewhere, PLAIN, "0")).isEqualTo(key(SPEC, PLAIN, "0"));
    }

    @Test
    void isTheSameInEachJvm() {
        ContainerSpec spec = SPEC.toBuilder().config("a", "1").config("b", "2").build();
        ContainerSpec otherOrder =
                SPEC.toBuilder().config("b", "2").config("a", "1").build();

        assertThat(key(spec, PLAIN.withVersion("7"), "0"))
                .isEqualTo(key(otherOrder, PLAIN.withVersion("7"), "0"))
                .isEqualTo("6027083aa3dc7dbf3c9795a4b0b6ced9fefba0b16b5983673b25965881f96a6c");
    }

    @Test
    void aFileCountsWhereverItIsAndWhenItWasWritten() throws IOException {
        Path file = write("a/release.tgz", "one");
        Path moved = write("b/release.tgz", "one");
        Files.setLastModifiedTime(moved, FileTime.from(Instant.EPOCH));

        assertThat(digest(file)).isEqualTo(digest(moved));
    }

    @Test
    void aFolderCountsWithAllThatIsInIt() throws IOException {
        Set<String> seen = new HashSet<>();
        Path release = Files.createDirectories(folder.resolve("release"));
        assertThat(seen.add(digest(release))).isTrue();
        write("release/jobs/web/spec", "name: web");
        assertThat(seen.add(digest(release))).isTrue();
        write("release/jobs/web/spec", "name: api");
        assertThat(seen.add(digest(release))).isTrue();
        Files.setPosixFilePermissions(release.resolve("jobs/web/spec"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(seen.add(digest(release))).isTrue();
        Files.createSymbolicLink(release.resolve("link"), Path.of("nowhere"));
        assertThat(seen.add(digest(release))).isTrue();
        Files.delete(release.resolve("link"));
        Files.createSymbolicLink(release.resolve("link"), Path.of("elsewhere"));
        assertThat(seen.add(digest(release))).isTrue();
        Files.move(release.resolve("jobs/web"), release.resolve("jobs/api"));
        assertThat(seen.add(digest(release))).isTrue();
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Path missing = folder.resolve("missing.tgz");

        assertThat(catchThrowable(() -> digest(missing)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("The file '" + missing + "' that the provisioning NginxTest#install takes is not there: "
                        + missing + ". Relative names start from the working directory");
    }

    @Test
    void aProvisioningNeedsAName() {
        assertThat(catchThrowable(() -> Provisioning.of(" ", container -> {})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A provisioning needs a name, by which its image is found again");
    }

    private static String key(ContainerSpec spec, Provisioning provisioning, String base) {
        return ImageProvisioner.key(
                spec,
                provisioning,
                new DeclaredFiles(provisioning).digest(),
                new StemcellImage(base.repeat(64), "stemcell:1", "sha256:1", "stemcell-1"));
    }

    private static String digest(Path file) {
        return new DeclaredFiles(PLAIN.withFiles(file)).digest();
    }

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private record OtherCode() implements Provisioner {

        @Override
        public void provision(StemcellContainer container) {}

        @Override
        public String fingerprint() {
            return "other";
        }
    }
}
