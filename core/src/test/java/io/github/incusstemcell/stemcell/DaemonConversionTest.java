package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.PullableImage;
import io.github.incusstemcell.oci.SourceImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs a daemon that pulls from registries by itself: {@code dev/test --incus 7}. */
@Tag("incus7")
class DaemonConversionTest {

    private final TestProject project = new TestProject();
    private final OciImages sources = TestProject.sources();
    private final DaemonConversion conversion =
            new DaemonConversion(project.incus(), project.pool(), Map.of("user.of", "a test"), Progress.none());
    private final StemcellImages images =
            new StemcellImages(project.incus(), sources, ImageServer.PUBLIC, Progress.none(), Optional.of(conversion));
    private final GuestOverlay overlay = GuestOverlay.standard();

    @AfterEach
    void removeProject() {
        sources.close();
        project.close();
    }

    @Test
    void endsInTheImageThatTheClientMakes(@TempDir Path folder) throws Exception {
        ImageReference image = PullableImage.of(TestProject.image(), sources);
        StemcellImage byDaemon = images.prepare(image, overlay);
        StemcellImage byClient = TestProject.imagesOf(project.incus(), sources).prepare(image, overlay);

        assertThat(images.prepare(image, overlay)).isEqualTo(byDaemon);
        assertThat(project.images())
                .extracting(ImageInfo::fingerprint)
                .containsExactlyInAnyOrder(byDaemon.fingerprint(), byClient.fingerprint());
        assertThat(project.incus().instances().list()).isEmpty();
        assertSameProperties(info(byDaemon), info(byClient));
        ExportedImage daemons = ExportedImage.of(project.name(), byDaemon.fingerprint(), folder);
        ExportedImage ours = ExportedImage.of(project.name(), byClient.fingerprint(), folder);
        assertSameFiles(daemons.rootfs(), ours.rootfs());
        assertSameMetadata(daemons.metadata(), ours.metadata());
        assertBoots(byDaemon);
    }

    private void assertSameProperties(ImageInfo daemons, ImageInfo ours) {
        Map<String, String> expected = new TreeMap<>(ours.properties());
        expected.put(
                "incus-stemcell.converter", "Incus " + project.incus().server().version());
        assertThat(daemons.properties()).isEqualTo(expected);
        assertThat(daemons.aliases())
                .containsExactly(ours.aliases().get(0) + "-incus-"
                        + project.incus().server().version());
        assertThat(daemons.architecture()).isEqualTo(ours.architecture());
    }

    /**
     * Two differences are known. What is below {@code /dev} Incus leaves out whenever it unpacks an image, ours as well. And the extended
     * attributes of the journal's folder are lost: systemd-tmpfiles sets them at each boot.
     */
    private static void assertSameFiles(Map<String, ExportedImage.File> daemons, Map<String, ExportedImage.File> ours) {
        Map<String, ExportedImage.File> expected = new TreeMap<>(ours);
        expected.keySet().removeIf(path -> path.startsWith("dev/"));
        expected.computeIfPresent("var/log/journal", (path, file) -> file.withoutAttributes());
        assertThat(expected).hasSizeGreaterThan(1000);
        assertThat(expected.get("etc/resolv.conf").what()).startsWith("2777 ").contains("stub-resolv.conf");
        assertThat(new TreeMap<>(daemons)).isEqualTo(expected);
    }

    /** Nothing in Incus's API removes config.json. That it does no harm is what {@link #assertBoots} shows. */
    private static void assertSameMetadata(Map<String, String> daemons, Map<String, String> ours) throws Exception {
        assertThat(daemons.get("config.json")).isNotNull();
        Map<String, String> templates = new TreeMap<>(daemons);
        templates.keySet().removeAll(Set.of("config.json", "metadata.yaml"));
        Map<String, String> expected = new TreeMap<>(ours);
        JsonNode metadata = new ObjectMapper().readTree(expected.remove("metadata.yaml"));
        assertThat(templates).isEqualTo(expected).hasSizeGreaterThan(5);
        for (String path : new TreeSet<>(List.of("/etc/hostname", "/etc/.updated"))) {
            assertThat(metadata.path("templates").has(path)).isTrue();
            assertThat(daemons.get("metadata.yaml")).contains(path);
        }
    }

    private void assertBoots(StemcellImage image) {
        Instance guest = project.incus()
                .instances()
                .create(NewInstance.named("isc-converted")
                        .image(image.fingerprint())
                        .device("root", Map.of("type", "disk", "path", "/", "pool", project.pool()))
                        .start()
                        .build());
        assertThat(guest.info().expandedConfig()).doesNotContainKey("volatile.container.oci");
        // It says nothing, or that the system is offline, where it is asked before PID 1 has become systemd.
        String untilBooted =
                "until state=$(systemctl is-system-running --wait) || [ -n \"${state#offline}\" ]; do sleep 0.05; done";
        assertThat(guest.exec(Command.of("sh", "-c", untilBooted + "; echo $state"))
                        .stdout())
                .isEqualTo("running\n");
        assertThat(guest.exec(Command.of("cat", "/proc/1/comm")).stdout()).isEqualTo("systemd\n");
        assertThat(guest.exec(Command.of("readlink", "/etc/resolv.conf")).stdout())
                .isEqualTo("../run/systemd/resolve/stub-resolv.conf\n");
        assertThat(guest.exec(Command.of("cat", "/etc/hostname")).stdout()).isEqualTo("isc-converted\n");
    }

    @Test
    void leavesOneImageWhereAnotherMachineWasFaster() throws Exception {
        ImageReference image = PullableImage.of(TestProject.image(), sources);
        StemcellImage faster = images.prepare(image, overlay);
        SourceImage source = sources.resolve(image);

        assertThat(conversion.convert(source, identity(source), overlay)).isEqualTo(faster.fingerprint());
        assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(faster.fingerprint());
    }

    @Test
    void refusesAnImageWhoseContainersWouldBeApplications() {
        SourceImage source = sources.resolve(TestProject.image());
        ImageReference.Registry reference = (ImageReference.Registry) TestProject.image();
        ApplicationImage application = new ApplicationImage(project.incus(), reference, source, Progress.none());
        application
                .create(NewInstance.named("isc-application")
                        .device("root", Map.of("type", "disk", "path", "/", "pool", project.pool())))
                .delete();

        Throwable thrown = catchThrowable(() ->
                conversion.requireSystemContainer(ApplicationImage.fingerprint(source.layers()), TestProject.image()));

        assertThat(thrown)
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching("Incus [0-9.]+ on \\S+ has converted \\S+, but boots no system container from what"
                        + " came out: .*\\. It may read the config\\.json that it left in the image\\. Set"
                        + " incus\\.stemcell\\.conversion to client");
        assertThat(project.incus().instances().list()).isEmpty();
    }

    @Test
    void saysWhatTheDaemonCannotBeTold() {
        // Our registry by another name, which the settings of the daemon's machine do not know.
        SourceImage source = sources.resolve(TestProject.image());
        ImageReference.Registry known = (ImageReference.Registry) TestProject.image();
        ImageReference.Registry unknown = new ImageReference.Registry(
                known.host().replace("127.0.0.1", "localhost"), known.repository(), known.tag(), known.digest());
        ApplicationImage application = new ApplicationImage(project.incus(), unknown, source, Progress.none());

        Throwable thrown = catchThrowable(() -> application.create(NewInstance.named("isc-application")));

        assertThat(thrown)
                .hasMessageStartingWith("Incus on " + project.incus().endpoint() + " could not pull " + unknown.host()
                        + "/" + unknown.repository() + "@" + source.digest() + ": ")
                .hasMessageContaining("server gave HTTP response to HTTPS client")
                .hasMessageEndingWith(
                        ". It pulls by skopeo on its machine, which has to reach the registry, and knows no"
                                + " mirror, insecure registry or credentials but those in /etc/containers/registries.conf and"
                                + " auth.json there. Or set incus.stemcell.conversion to client");
        assertThat(project.images()).isEmpty();
    }

    private ImageIdentity identity(SourceImage source) {
        return new ImageIdentity(
                source.digest().toString(),
                source.architecture(),
                overlay.digest(),
                Optional.of(conversion.converter(source.reference())));
    }

    private ImageInfo info(StemcellImage image) {
        return project.incus().images().find(image.fingerprint()).orElseThrow();
    }
}
