package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.SourceImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon cannot convert, on any Incus. */
class ConversionRefusalTest {

    private final TestProject project = new TestProject();
    private final OciImages sources = TestProject.sources();
    private final DaemonConversion conversion =
            new DaemonConversion(project.incus(), project.pool(), Map.of(), Progress.none());
    private final StemcellImages images =
            new StemcellImages(project.incus(), sources, ImageServer.PUBLIC, Progress.none(), Optional.of(conversion));

    @AfterEach
    void removeProject() {
        sources.close();
        project.close();
    }

    @Test
    void namesTheExtensionThatTheDaemonLacksOrElseTheSourceThatItCannotReach(@TempDir Path folder) throws IOException {
        ImageReference tarball = ImageReference.parse("rootfs:" + rootfs(folder, Map.of()));

        Throwable thrown = catchThrowable(() -> images.prepare(tarball, GuestOverlay.standard()));

        assertThat(thrown)
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage(
                        project.incus().supports(ApiExtension.INSTANCE_OCI)
                                ? "Incus cannot convert " + tarball
                                        + " by itself: it can fetch images from registries only. Set"
                                        + " incus.stemcell.conversion to client"
                                : "Incus " + project.incus().server().version() + " on "
                                        + project.incus().endpoint() + " cannot convert " + tarball
                                        + " by itself: it lacks the API extension instance_oci, which came with 6.3. Set"
                                        + " incus.stemcell.conversion to client, or update Incus");
        assertThat(project.images()).isEmpty();
    }

    @Test
    void namesTheAttributesThatTheDaemonWouldLose(@TempDir Path folder) throws IOException {
        SourceImage capable = sources.resolve(ImageReference.parse("rootfs:"
                + rootfs(
                        folder,
                        Map.of(
                                "./usr/bin/ping", "security.capability",
                                "./var/log/journal", "system.posix_acl_access"))));

        assertThat(catchThrowable(() -> new PullLoss(capable).requireNone()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Incus cannot convert " + capable.reference()
                        + " by itself: it would lose extended attributes, such as security.capability of /usr/bin/ping"
                        + " (paths with such: 1). Set incus.stemcell.conversion to client");
    }

    @Test
    void letsPassWhatEachBootSetsAgain(@TempDir Path folder) throws IOException {
        SourceImage journal = sources.resolve(ImageReference.parse(
                "rootfs:" + rootfs(folder, Map.of("./var/log/journal", "system.posix_acl_access"))));

        assertThat(catchThrowable(() -> new PullLoss(journal).requireNone())).isNull();
    }

    /** A tarball of files with an extended attribute each, and of one without. */
    private static Path rootfs(Path folder, Map<String, String> attributes) throws IOException {
        Path file = folder.resolve("rootfs.tar");
        try (OutputStream bytes = Files.newOutputStream(file);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            add(tar, new TarArchiveEntry("./etc/motd"));
            for (Map.Entry<String, String> attribute : attributes.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(attribute.getKey());
                entry.addPaxHeader("SCHILY.xattr." + attribute.getValue(), "value");
                add(tar, entry);
            }
        }
        return file;
    }

    private static void add(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
        byte[] content = "hello\n".getBytes(StandardCharsets.UTF_8);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
