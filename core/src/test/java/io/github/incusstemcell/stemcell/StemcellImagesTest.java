package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.PublishedInstance;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.SourceImage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the stemcell that stands in the registry, in a project of their own on the real Incus. */
class StemcellImagesTest {

    private static final Duration MONTH = Duration.ofDays(30);

    private static OciImages sources;

    private final TestProject project = new TestProject();
    private final StemcellImages images = TestProject.imagesOf(project.incus(), sources);

    @BeforeAll
    static void open() {
        sources = TestProject.sources();
    }

    @AfterAll
    static void close() {
        sources.close();
    }

    @AfterEach
    void removeProject() {
        project.close();
    }

    @Test
    void endsInOneImageWhenSeveralMachinesPrepareItAtOnce(@TempDir Path caches) throws Exception {
        List<PreparingMachine> machines = new ArrayList<>();
        try {
            for (String cache : List.of("shared", "shared", "other")) {
                machines.add(new PreparingMachine(caches.resolve(cache), project.name()));
            }
            for (PreparingMachine machine : machines) {
                machine.awaitReady();
            }
            for (PreparingMachine machine : machines) {
                machine.prepare();
            }
            TreeSet<String> fingerprints = new TreeSet<>();
            for (PreparingMachine machine : machines) {
                fingerprints.add(machine.fingerprint());
            }

            assertThat(fingerprints).hasSize(1);
            assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactlyElementsOf(fingerprints);
        } finally {
            machines.forEach(PreparingMachine::close);
        }
    }

    @Test
    void takesTheImageOfAMachineThatWasFaster() {
        StemcellImage faster = prepare();
        SourceImage source = sources.resolve(TestProject.image());
        GuestOverlay overlay = GuestOverlay.standard();
        ImageIdentity identity = new ImageIdentity(source.digest().toString(), source.architecture(), overlay.digest());

        assertThat(images.upload(source.rootfs(), source, identity, overlay)).isEqualTo(faster.fingerprint());
    }

    @Test
    void saysInIncusWhatAnImageIsMadeOfAndWhenItWasLastUsed() {
        StemcellImage image = prepare();

        ImageInfo info = project.images().get(0);
        assertThat(info.aliases()).containsExactly(image.alias());
        assertThat(info.properties())
                .containsEntry("incus-stemcell.digest", image.digest())
                .containsEntry("incus-stemcell.source", TestProject.image().toString())
                .containsEntry("incus-stemcell.overlay", GuestOverlay.standard().digest())
                .containsEntry("incus-stemcell.last-used", ImageUse.day(Instant.now()));
    }

    @Test
    void notesTheDayOfAnImagesUse() {
        String fingerprint = prepare().fingerprint();
        setLastUsed(fingerprint, "2001-01-01");

        prepare();

        assertThat(project.images().get(0).properties())
                .containsEntry("incus-stemcell.last-used", ImageUse.day(Instant.now()));
    }

    @Test
    void removesWhatWasNotUsedForLong() {
        String fingerprint = prepare().fingerprint();

        assertThat(removedInDays(29)).isEmpty();
        assertThat(removedInDays(32)).containsExactly(fingerprint);
        assertThat(project.images()).isEmpty();
        assertThat(prepare().fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void removesNoImageThatAContainerWasMadeFrom() {
        String fingerprint = prepare().fingerprint();
        createInstance("isc-images-user", fingerprint);

        assertThat(removedInDays(32)).isEmpty();
    }

    @Test
    void removesNoImageOfOthers() {
        ImageInfo image = project.incus().images().upload(ForeignImage.tiny());

        assertThat(removedInDays(10_000)).isEmpty();
        assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(image.fingerprint());
    }

    @Test
    void aCopyThatSomebodyPublishedIsNeitherTakenForItNorRemoved() {
        String original = prepare().fingerprint();
        createInstance("isc-images-source", original);
        ImageInfo copy = project.incus()
                .images()
                .publish(new PublishedInstance("isc-images-source", "by-hand", "", Map.of()), Progress.none());
        assertThat(copy.properties())
                .containsEntry(
                        "incus-stemcell.digest",
                        sources.resolve(TestProject.image()).digest().toString())
                .containsEntry("incus-stemcell.overlay", GuestOverlay.standard().digest());
        project.incus().instance("isc-images-source").delete();
        project.incus().images().delete(original);

        assertThat(prepare().fingerprint()).isEqualTo(original);
        assertThat(removedInDays(32)).containsExactly(original);
    }

    @Test
    void removesWhatTheDaemonConvertedForAProcessThatDied() {
        String original = prepare().fingerprint();
        createInstance("isc-images-source", original);
        String left = publish("isc-convert-0123456789ab").fingerprint();
        String others = publish("of-somebody-who-published-what-came-of-one").fingerprint();
        project.incus().instance("isc-images-source").delete();

        assertThat(removedInDays(32)).containsExactlyInAnyOrder(original, left).doesNotContain(others);
    }

    private ImageInfo publish(String alias) {
        return project.incus()
                .images()
                .publish(
                        new PublishedInstance(
                                "isc-images-source", alias, "", Map.of("incus-stemcell.overlay", "unfinished")),
                        Progress.none());
    }

    @Test
    void refusesToRemoveWhatMayJustBeInUse() {
        assertThat(catchThrowable(() -> images.removeUnusedFor(Duration.ofHours(47))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Images can be removed after 2 days without use or later, but not after PT47H");
    }

    @Test
    void takesAnImageThatIncusHasAsItIs() {
        ImageInfo foreign = project.incus().images().upload(ForeignImage.tiny());
        project.incus().images().createAlias("mine", foreign.fingerprint(), "");

        StemcellImage image = images.prepare(ImageReference.parse("incus:mine"), GuestOverlay.standard());

        assertThat(image)
                .isEqualTo(new StemcellImage(
                        foreign.fingerprint(), "incus:mine", "sha256:" + foreign.fingerprint(), "mine"));
        assertThat(project.images().get(0).properties()).isEqualTo(foreign.properties());
    }

    @Test
    void findsAnImageInTheDefaultProjectAndRemovesOnlyItsOwnEntryOfIt() {
        String alias = project.name();
        ImageInfo foreign = project.defaultProject().images().upload(ForeignImage.named(alias));
        try {
            project.defaultProject().images().createAlias(alias, foreign.fingerprint(), "");

            String fingerprint = images.prepare(ImageReference.parse("incus:" + alias), GuestOverlay.standard())
                    .fingerprint();

            assertThat(fingerprint).isEqualTo(foreign.fingerprint());
            assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(fingerprint);
            assertThat(removedInDays(32)).containsExactly(fingerprint);
            assertThat(project.defaultProject().images().find(fingerprint)).contains(foreign(fingerprint));
        } finally {
            project.defaultProject().images().delete(foreign.fingerprint());
        }
    }

    @Test
    void saysWhereItLookedForAnImageThatIncusHasNot() {
        assertThat(catchThrowable(
                        () -> images.prepare(ImageReference.parse("incus:no-such-image"), GuestOverlay.standard())))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("Incus on " + project.incus().endpoint()
                        + " has no image 'no-such-image' in the projects '" + project.name()
                        + "' and 'default'. See what there is with: incus image list --project " + project.name());
    }

    private ImageInfo foreign(String fingerprint) {
        return project.defaultProject().images().list().stream()
                .filter(image -> image.fingerprint().equals(fingerprint))
                .findFirst()
                .orElseThrow();
    }

    private StemcellImage prepare() {
        return images.prepare(TestProject.image(), GuestOverlay.standard());
    }

    private void setLastUsed(String fingerprint, String day) {
        project.incus().images().updateProperties(fingerprint, Map.of("incus-stemcell.last-used", day));
    }

    private void createInstance(String name, String fingerprint) {
        project.incus()
                .instances()
                .create(NewInstance.named(name)
                        .image(fingerprint)
                        .device("root", Map.of("type", "disk", "path", "/", "pool", project.pool()))
                        .build());
    }

    /** What is removed for not having been used for a month, so many days from now. */
    private List<String> removedInDays(int days) {
        return new ImageUse(project.incus())
                .removeUnusedFor(MONTH, Instant.now().plus(Duration.ofDays(days)));
    }
}
