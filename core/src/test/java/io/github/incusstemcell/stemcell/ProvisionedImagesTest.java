package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Images;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.PublishedInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Images that are kept of containers, in a project of their own on the real Incus. The containers never run. */
class ProvisionedImagesTest {

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Supplier<StemcellImage> NOBODY = () -> {
        throw new AssertionError("It is there and need not be made");
    };

    private final TestProject project = new TestProject();
    private final ProvisionedImages images = new ProvisionedImages(project.incus(), Progress.none());
    private final ImageInfo base = project.incus().images().upload(ForeignImage.tiny());

    @AfterEach
    void removeProject() {
        project.close();
    }

    @Test
    void isFoundByItsKeyAndSaysWhatItIs() {
        StemcellImage kept = keep("isc-kept", "a");

        assertThat(images.findOrMake(wanted("a"), NOBODY)).isEqualTo(kept);
        ImageInfo info = project.incus().images().find(kept.fingerprint()).orElseThrow();
        assertThat(info.aliases()).containsExactly(kept.alias());
        assertThat(kept.alias()).isEqualTo("provisioned-" + base.fingerprint().substring(0, 12) + "-aaaaaaaaaaaa");
        assertThat(info.properties())
                .containsEntry("description", "incus:mine, provisioned by NginxTest#install")
                .containsEntry("type", "stemcell")
                .containsEntry("incus-stemcell.provisioning", "a".repeat(64))
                .containsEntry("incus-stemcell.provisioner", "NginxTest#install")
                .containsEntry("incus-stemcell.provisioner-version", "1")
                .containsEntry("incus-stemcell.base", base.fingerprint())
                .containsEntry("incus-stemcell.source", "incus:mine")
                .containsEntry("incus-stemcell.last-used", ImageUse.day(Instant.now()));
    }

    @Test
    void isMadeAnewWhereItIsOlderThanWanted() {
        StemcellImage old = keep("isc-old", "a");
        Instant now = project.images().stream()
                .map(image -> image.uploadedAt().orElseThrow())
                .max(Comparator.naturalOrder())
                .orElseThrow()
                .plusNanos(1);
        ProvisionedImages refreshed = images.refreshedSince(now);

        StemcellImage made = refreshed.findOrMake(wanted("a"), () -> keep("isc-new", "a"));

        assertThat(made.fingerprint()).isNotEqualTo(old.fingerprint());
        assertThat(project.images()).extracting(ImageInfo::fingerprint).doesNotContain(old.fingerprint());
        assertThat(refreshed.findOrMake(wanted("a"), NOBODY)).isEqualTo(made);
    }

    @Test
    void anotherKeyIsAnotherImage() {
        keep("isc-kept", "a");

        assertThat(images.findOrMake(wanted("b"), () -> keep("isc-other", "b")).alias())
                .endsWith("-bbbbbbbbbbbb");
    }

    @Test
    void takesTheImageOfAMachineThatWasFasterAndLeavesNoSecond() {
        StemcellImage faster = keep("isc-faster", "a");

        assertThat(keep("isc-slower", "a")).isEqualTo(faster);

        assertThat(project.images())
                .extracting(ImageInfo::fingerprint)
                .containsExactlyInAnyOrder(base.fingerprint(), faster.fingerprint());
    }

    @Test
    void leavesNoneWhereItsNameIsTakenByAnother() {
        String alias = wanted("a").alias();
        project.incus().images().createAlias(alias, base.fingerprint(), "");

        assertThat(catchThrowable(() -> keep("isc-kept", "a")))
                .isInstanceOf(IncusException.class)
                .hasMessageContaining(alias);

        assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(base.fingerprint());
    }

    @Test
    void goesWhenItWasNotUsedForLong() {
        StemcellImage kept = keep("isc-kept", "a");
        ImageUse use = new ImageUse(project.incus());

        assertThat(use.removeUnusedFor(MONTH, daysFromNow(29))).isEmpty();
        assertThat(use.removeUnusedFor(MONTH, daysFromNow(32))).containsExactly(kept.fingerprint());
    }

    @Test
    void staysWhileAContainerOfItIsThere() {
        create("isc-user", keep("isc-kept", "a").fingerprint());

        assertThat(new ImageUse(project.incus()).removeUnusedFor(MONTH, daysFromNow(32)))
                .isEmpty();
    }

    @Test
    void aCopyThatSomebodyPublishedIsNeitherTakenForItNorRemoved() {
        StemcellImage kept = keep("isc-kept", "a");
        create("isc-user", kept.fingerprint());
        ImageInfo copy = publish("isc-user");
        assertThat(copy.properties()).containsEntry("incus-stemcell.provisioning", "a".repeat(64));
        Images all = project.incus().images();
        all.delete(kept.fingerprint());
        project.incus().instance("isc-user").delete();

        assertThat(images.findOrMake(wanted("a"), () -> keep("isc-again", "a")).fingerprint())
                .isNotEqualTo(copy.fingerprint());
        assertThat(new ImageUse(project.incus()).removeUnusedFor(MONTH, daysFromNow(32)))
                .doesNotContain(copy.fingerprint());
    }

    @Test
    void saysThatItWasInterruptedWhileAnotherMayMakeIt() {
        Thread.currentThread().interrupt();

        Throwable thrown = catchThrowable(() -> new PreparationLock("interrupted").whileHeld(() -> "not reached"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown)
                .hasMessageMatching("Interrupted while waiting for \\S+/locks/interrupted\\.lock,"
                        + " which another process may hold that prepares the same image");
    }

    @Test
    void refusesWhatIsNoKey() {
        assertThat(catchThrowable(() -> wanted("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A key has 64 hex digits, unlike '" + "x".repeat(64) + "'");
    }

    private StemcellImage keep(String instance, String digit) {
        create(instance, base.fingerprint());
        StemcellImage kept = images.keep(wanted(digit), instance);
        project.incus().instance(instance).delete();
        return kept;
    }

    private ProvisionedImage wanted(String digit) {
        StemcellImage of = new StemcellImage(base.fingerprint(), "incus:mine", "sha256:" + base.fingerprint(), "mine");
        return new ProvisionedImage(of, "NginxTest#install", "1", digit.repeat(64));
    }

    private void create(String name, String fingerprint) {
        String pool = project.pool();
        project.incus()
                .instances()
                .create(NewInstance.named(name)
                        .image(fingerprint)
                        .device("root", Map.of("type", "disk", "path", "/", "pool", pool))
                        .build());
    }

    private ImageInfo publish(String instance) {
        return project.incus()
                .images()
                .publish(
                        new PublishedInstance(instance, "by-hand", "", Map.of("description", "mine")), Progress.none());
    }

    private static Instant daysFromNow(int days) {
        return Instant.now().plus(Duration.ofDays(days));
    }
}
