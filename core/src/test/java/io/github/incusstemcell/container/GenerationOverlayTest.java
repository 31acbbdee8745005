package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The overlay on stemcells of each generation: what holds for all of them, however each comes to it. */
class GenerationOverlayTest extends WithStemcells {

    private static final String SETTINGS = "{\"agent_id\": \"test\"}";

    @Test
    void resolvesNamesByItsNetwork() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            String gateway = stemcell.shell("ip route show default | head -n 1 | cut -d' ' -f3")
                    .stdout()
                    .strip();
            // A name that Incus's DNS has, and nothing in the guest.
            assertThat(stemcell.shell("getent ahostsv4 _gateway.incus").stdout())
                    .startsWith(gateway + " ");
        }
    }

    @Test
    void startsTheAgentBesideOneSshdAndOneCron() {
        try (StemcellContainer stemcell = stemcells.launch(
                TestMachine.spec().toBuilder().agentSettings(SETTINGS).build())) {
            requireRunning(stemcell);
            // runit starts what it supervises at its leisure.
            stemcell.shell("timeout 20 sh -c 'until pgrep -x rsyslogd; do sleep 0.05; done'")
                    .requireSuccess();
            assertThat(OverlayTest.agentsCondition(stemcell)).isEqualTo("yes\n");
            // Where a socket listens for it, the first who connects has it started.
            stemcell.exec("bash", "-c", "read -r greeting </dev/tcp/127.0.0.1/22")
                    .requireSuccess();
            assertThat(stemcell.exec("pgrep", "-fc", "^sshd: .*listener").stdout())
                    .isEqualTo("1\n");
            if (stemcell.files().exists("/usr/sbin/runsvdir-start")) {
                assertThat(stemcell.shell("ls /etc/service /etc/sv").stdout())
                        .contains("agent", "monit", "rsyslog")
                        .doesNotContain("ssh", "cron");
            }
        }
    }

    /** On jammy the first boot asks about host keys that runit's sshd has made, and waits for the answer. */
    @Test
    void startsTheAgentBesideTheStemcellsOwnFirstBoot() {
        GuestOverlay overlay = GuestOverlay.standard().without(OverlayPart.FIRST_BOOT, OverlayPart.SSH_HOST_KEYS);
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .overlay(overlay)
                .agentSettings(SETTINGS)
                .build();
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(OverlayTest.agentsCondition(stemcell)).isEqualTo("yes\n");
            // What is no trait of the overlay: jammy tries its sshd five times at once, and gives up where that is
            // before the keys are made.
            assertThat(stemcell.shell("systemctl --failed --plain --no-legend | cut -d' ' -f1")
                            .stdout()
                            .lines())
                    .isSubsetOf("ssh.service");
            assertThat(stemcell.shell("systemctl is-system-running").stdout()).isIn("running\n", "degraded\n");
        }
    }

    @Test
    void waitsForNothingThatNoContainerCanDo() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .provisioning(Provisioning.of("waits", guest -> {
                    for (String unit : List.of("nvmf-autoconnect.service", "chrony-wait.service")) {
                        // Where the image masks it there is nothing to wait for.
                        guest.shell("systemctl enable " + unit + " || systemctl is-enabled " + unit + " | grep masked")
                                .requireSuccess();
                    }
                }))
                .build();
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            requireRunning(stemcell);
            assertThat(stemcell.shell("systemctl is-enabled nvmf-autoconnect chrony-wait")
                            .stdout())
                    .matches("(enabled|masked)\nenabled\n");
            assertThat(stemcell.shell("systemctl show --property ActiveState --value nvmf-autoconnect chrony-wait")
                            .stdout())
                    .isEqualTo("inactive\n\ninactive\n");
        }
    }

    @Test
    void leavesTheHostsDevicesToTheHostsUdev() {
        String units =
                "systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service";
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.shell("systemctl is-active " + units).stdout().lines())
                    .hasSize(4)
                    .containsOnly("inactive");
            // What the image says of them is still true: it masks the service or nothing. In systemd 262 the socket for
            // control is an alias of another one.
            assertThat(stemcell.shell("systemctl is-enabled " + units).stdout())
                    .matches("(static|masked)\n(static|alias)\nstatic\nstatic\n");
            requireRunning(stemcell);
        }
    }

    private static void requireRunning(StemcellContainer stemcell) {
        assertThat(stemcell.shell("systemctl is-system-running").stdout())
                .as(stemcell.shell("systemctl --failed --no-pager; journalctl -b -p warning --no-pager | tail -n 30")
                        .stdout())
                .isEqualTo("running\n");
    }
}
