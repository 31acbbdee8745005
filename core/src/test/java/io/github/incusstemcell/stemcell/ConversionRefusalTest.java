package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusInterruptedException;
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
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon cannot convert, and what it says then, on any Incus. */
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

        assertThat(catchThrowable(() -> DaemonConversion.requireNothingLost(capable)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Incus cannot convert " + capable.reference()
                        + " by itself: it would lose extended attributes, such as security.capability of /usr/bin/ping"
                        + " (paths with such: 1). Set incus.stemcell.conversion to client");
    }

    @Test
    void letsPassWhatEachBootSetsAgain(@TempDir Path folder) throws IOException {
        SourceImage journal = sources.resolve(ImageReference.parse(
                "rootfs:" + rootfs(folder, Map.of("./var/log/journal", "system.posix_acl_access"))));

        assertThat(catchThrowable(() -> DaemonConversion.requireNothingLost(journal)))
                .isNull();
    }

    @Test
    void saysWhatStoodInTheWayOfATrialAndNotWhatWasWrongWithTheImage(@TempDir Path folder) throws IOException {
        String image = bootable();
        Runnable lose = () -> {
            throw new InFrontOfIncus.Lost();
        };
        AtomicReference<Runnable> atTheStart = new AtomicReference<>(lose);
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    if (request.startsWith("PUT /1.0/instances/isc-convert-")) {
                        atTheStart.getAndSet(() -> {}).run();
                    }
                });
                Incus incus = Incus.connect(front.endpoint().withProject(project.name()))) {
            DaemonConversion behind = new DaemonConversion(incus, project.pool(), Map.of(), Progress.none());

            assertThat(catchThrowable(() -> behind.requireSystemContainer(image, TestProject.image())))
                    .isInstanceOf(IncusConnectionException.class)
                    .hasMessageStartingWith("PUT /1.0/instances/isc-convert-");
            assertThat(project.incus().instances().list()).isEmpty();

            atTheStart.set(Thread.currentThread()::interrupt);
            assertThat(catchThrowable(() -> behind.requireSystemContainer(image, TestProject.image())))
                    .isInstanceOf(IncusInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(project.incus().instances().list()).isEmpty();
        }
    }

    @Test
    void saysWhyAContainerDoesNotBootThoughItCannotBeDeletedEither() {
        Map<String, String> protection =
                Map.of("security.protection.delete", "true", "raw.lxc", "lxc.init.cmd = /none");
        DaemonConversion protecting =
                new DaemonConversion(project.incus(), project.pool(), protection, Progress.none());

        Throwable thrown = catchThrowable(() -> protecting.requireSystemContainer(bootable(), TestProject.image()));

        assertThat(project.incus().instances().list()).hasSize(1);
        project.incus().instances().list().forEach(left -> project.incus()
                .instance(left.name())
                .updateConfig(Map.of("security.protection.delete", "")));
        assertThat(thrown)
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching("Incus [0-9.]+ on \\S+ has converted \\S+, but boots no system container from what"
                        + " came out: PUT /1\\.0/instances/isc-convert-\\S+ failed: .*\\. It may read the config\\.json that"
                        + " it left in the image\\. Set incus\\.stemcell\\.conversion to client");
        assertThat(thrown.getSuppressed())
                .singleElement(as(InstanceOfAssertFactories.THROWABLE))
                .hasMessageStartingWith("DELETE /1.0/instances/isc-convert-");
    }

    private String bootable() {
        return TestProject.imagesOf(project.incus(), sources)
                .prepare(TestProject.image(), GuestOverlay.standard())
                .fingerprint();
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
