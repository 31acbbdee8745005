package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.assertj.StemcellAssertions;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What is said about the image by annotation and configuration, on the real Incus. */
class ImageSettingsTest {

    @Test
    void leavesOutThePartsThatAnnotationAndConfigurationName() {
        assertSucceeded(run(Map.of("incus.stemcell.overlay.without", "hostname"), WithoutKeys.class), 1);
    }

    @Test
    void namesThePartsThereAre() {
        assertFailed(
                run(Map.of("incus.stemcell.overlay.without", "agent, sshd"), WithoutKeys.class),
                ExtensionConfigurationException.class,
                "'sshd' in incus.stemcell.overlay.without is no part of the overlay; these are: hostname,"
                        + " machine-id, network, resolver, log-mount, ssh-host-keys, first-boot, agent, runit, kernel,"
                        + " udev, clock, update-done, switch"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void refusesToRemoveImagesAfterADay() {
        assertFailed(
                run(Map.of("incus.stemcell.image.max-age", "1"), WithoutKeys.class),
                ParameterResolutionException.class,
                "'1' is no number of days for incus.stemcell.image.max-age; write at least 2, or 0 for ever"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void namesWhoCanConvert() {
        assertFailed(
                run(Map.of("incus.stemcell.conversion", "server"), WithoutKeys.class),
                ParameterResolutionException.class,
                "'server' is not a value of incus.stemcell.conversion; write client or daemon"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void namesTheWaysToShowProgress() {
        assertFailed(
                run(Map.of("incus.stemcell.progress", "bar"), WithoutKeys.class),
                ParameterResolutionException.class,
                "'bar' is not a value of incus.stemcell.progress; write auto, bars, lines or none"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void namesACertificateThatCannotBeRead() {
        assertFailed(
                run(
                        Map.of(
                                "incus.stemcell.image.server", "https://127.0.0.1",
                                "incus.stemcell.image.server.certificate", "/nonexistent/server.pem"),
                        WithoutKeys.class),
                ParameterResolutionException.class,
                "The file '/nonexistent/server.pem' of incus.stemcell.image.server.certificate cannot be read:"
                        + " java.nio.file.NoSuchFileException: /nonexistent/server.pem. It is set by"
                        + " junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void showsTheImageItselfWhereItIsNotBooted() {
        assertSucceeded(run(NotBooted.class), 1);
    }

    @IncusStemcell(boot = false)
    static class NotBooted {

        @Test
        void hasFilesOfTheImageAndDoesNotRun(StemcellContainer stemcell) {
            assertThat(stemcell.state().status()).isEqualTo("Stopped");
            assertThat(stemcell.files().list("/etc/ssh"))
                    .noneMatch(file -> file.name().startsWith("ssh_host_"));
            assertThat(stemcell.files().readString("/etc/machine-id")).isEqualTo("\n");
            assertThat(stemcell.files().exists("/root/firstboot_done")).isFalse();
            assertThat(stemcell.files().exists("/usr/local/share/incus-stemcell"))
                    .isFalse();
            StemcellAssertions.assertThat(stemcell).file("/etc/hostname").hasContent("bosh-stemcell");
            StemcellAssertions.assertThat(stemcell).file("/etc/shadow").hasMode(0);
        }
    }

    @IncusStemcell(withoutOverlay = OverlayPart.SSH_HOST_KEYS)
    static class WithoutKeys {

        @Test
        void hasNeitherKeysNorAName(StemcellContainer stemcell) {
            assertThat(stemcell.shell("ls /etc/ssh/ssh_host_*_key | wc -l").stdout())
                    .isEqualTo("0\n");
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo("bosh-stemcell");
            assertThat(stemcell.exec("systemctl", "show", "--property=ConditionResult", "--value", "bosh-agent")
                            .stdout())
                    .isEqualTo("no\n");
        }
    }
}
