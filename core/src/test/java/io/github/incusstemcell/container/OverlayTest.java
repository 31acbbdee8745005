package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stemcell does without parts of the overlay, and with them. */
class OverlayTest extends WithStemcells {

    private static final String KEYS = "ls /etc/ssh/ssh_host_*_key 2>/dev/null | wc -l";
    /** Whichever of the two a generation has; each tells of the host keys that it makes. */
    private static final String FIRST_BOOT_LOG =
            "journalctl --boot --output cat --unit rc-local.service --unit firstboot.service";

    private static final String UPDATED = "test -e /etc/.updated && echo yes || echo no";

    private static final String MACHINE_ID = "/etc/machine-id";
    private static final GuestOverlay WITHOUT_MACHINE_ID =
            GuestOverlay.standard().without(OverlayPart.MACHINE_ID);

    @Test
    void givesTheGuestItsNameItsKeysAndNoAgent() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo(stemcell.name() + "\n");
            assertThat(stemcell.shell(KEYS).stdout().strip()).isNotEqualTo("0");
            assertThat(agentsCondition(stemcell)).isEqualTo("no\n");
            assertThat(stemcell.shell(UPDATED).stdout()).isEqualTo("yes\n");
            if (!hasRunit(stemcell)) {
                // With runit nothing that is started waits for it.
                assertThat(stemcell.shell("mountpoint /var/log").exitCode()).isZero();
            }
        }
    }

    private static boolean hasRunit(StemcellContainer stemcell) {
        return stemcell.files().exists("/usr/sbin/runsvdir-start");
    }

    /** What systemd says of the condition under which it starts the agent, or what supervises that. */
    static String agentsCondition(StemcellContainer stemcell) {
        String supervisor = hasRunit(stemcell) ? "runit.service" : "bosh-agent.service";
        return stemcell.exec("systemctl", "show", "--property=ConditionResult", "--value", supervisor)
                .stdout();
    }

    @Test
    void hasHostKeysOfItsOwnWhenTheBootHasSettled() {
        try (StemcellContainer one = stemcells.launch(TestMachine.spec());
                StemcellContainer other = stemcells.launch(TestMachine.spec())) {
            for (String type : List.of("rsa", "ecdsa", "ed25519")) {
                String fingerprint = "ssh-keygen -l -f /etc/ssh/ssh_host_" + type + "_key.pub";
                ExecResult found = one.shell(fingerprint);
                assertThat(found.exitCode()).as(found.stderr()).isZero();
                assertThat(found.stdout()).isNotEqualTo(other.shell(fingerprint).stdout());
            }
            assertThat(one.exec("ssh-keyscan", "-t", "rsa", "127.0.0.1").stdout())
                    .contains("ssh-rsa ");
            // Not before somebody has connected: until then there may be no folder for it.
            ExecResult config = one.exec("sshd", "-T");
            assertThat(config.exitCode()).as(config.stderr()).isZero();
            assertThat(config.stderr()).isEmpty();
            assertThat(one.files().exists("/usr/local/share/incus-stemcell")).isFalse();
            assertThat(one.diagnose().file("instance.txt").orElseThrow().text())
                    .doesNotContain(RsaHostKeys.CONFIG, "BEGIN PRIVATE KEY");
        }
    }

    @Test
    void countsTheFirstBootAsDoneAndHasNoFailedUnits() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.shell("systemctl list-units --failed --no-legend --plain")
                            .stdout())
                    .isEmpty();
            assertThat(stemcell.shell("systemctl start ssh.service; systemctl is-active ssh.service")
                            .stdout())
                    .isEqualTo("active\n");
            assertThat(stemcell.shell(FIRST_BOOT_LOG).stdout()).doesNotContain(" key");
            assertThat(stemcell.files().exists("/root/firstboot_done")).isTrue();
        }
    }

    /** As machine-id(5) has it: a first boot, which enables what is enabled by preset, unless the part is there. */
    @Test
    void enablesNothingThatTheImageDisabledWhereItsMachineIdAsksForAFirstBoot() {
        for (String asking : List.of("echo uninitialized >/etc/machine-id", "rm /etc/machine-id")) {
            ContainerSpec spec = TestMachine.spec().toBuilder()
                    .provisioning(Provisioning.of(asking, guest -> {
                        guest.exec("systemctl", "disable", "cron").requireSuccess();
                        guest.shell(asking).requireSuccess();
                    }))
                    .build();
            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(stemcell.files().readString(MACHINE_ID)).matches("[0-9a-f]{32}\n");
                assertThat(stemcell.shell("systemctl is-enabled cron").stdout()).isEqualTo("disabled\n");
            }
            try (StemcellContainer stemcell = stemcells.launch(
                    spec.toBuilder().overlay(WITHOUT_MACHINE_ID).build())) {
                assertThat(stemcell.files().readString(MACHINE_ID)).matches("[0-9a-f]{32}\n");
                assertThat(stemcell.shell("systemctl is-enabled cron").stdout()).isEqualTo("enabled\n");
            }
        }
    }

    @Test
    void keepsTheMachineIdOfAnImageFromAllItsContainersUnlessAskedTo() {
        String populated = "0123456789abcdef0123456789abcdef\n";
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .provisioning(
                        Provisioning.of("populated", guest -> guest.files().writeString(MACHINE_ID, populated)))
                .build();
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.files().readString(MACHINE_ID))
                    .matches("[0-9a-f]{32}\n")
                    .isNotEqualTo(populated);
        }
        try (StemcellContainer stemcell =
                stemcells.launch(spec.toBuilder().overlay(WITHOUT_MACHINE_ID).build())) {
            assertThat(stemcell.files().readString(MACHINE_ID)).isEqualTo(populated);
        }
    }

    @Test
    void leavesTheFirstBootToTheStemcellWhereAskedTo() {
        GuestOverlay overlay = GuestOverlay.standard().without(OverlayPart.FIRST_BOOT, OverlayPart.SSH_HOST_KEYS);
        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().overlay(overlay).build())) {
            String log = stemcell.shell(FIRST_BOOT_LOG).stdout();
            String keys = stemcell.shell(KEYS).stdout();
            if (stemcell.shell("grep -q ConditionFirstBoot /etc/systemd/system/firstboot.service")
                    .isSuccess()) {
                // With a newline as machine-id no boot is the first: what the noble of the winter of 2026 had to find
                // out.
                assertThat(log).contains("ConditionFirstBoot=yes").doesNotContain(" key");
                assertThat(keys).isEqualTo("0\n");
            } else {
                assertThat(log).contains(" key");
                assertThat(keys).isNotEqualTo("0\n");
                assertThat(stemcell.files().readString("/root/firstboot_done")).isEmpty();
            }
        }
    }

    /** What is for a trait of stemcells finds out in the guest whether that is there. */
    @Test
    void changesNothingOnAPlainDebianButItsNameAndItsNetwork() {
        try (StemcellContainer debian = stemcells.launch(ContainerSpec.of(TestMachine.plainImage()))) {
            assertThat(debian.shell("systemctl is-system-running").stdout()).isEqualTo("running\n");
            assertThat(debian.files().readString("/etc/hostname")).isEqualTo(debian.name() + "\n");
            assertThat(debian.shell("ip -4 -brief address show eth0").stdout())
                    .contains(debian.address().getHostAddress());
            assertThat(debian.shell("mountpoint /var/log").exitCode()).isNotZero();
            assertThat(debian.shell("systemctl is-active incus-stemcell-ssh-keys")
                            .stdout())
                    .isEqualTo("inactive\n");
        }
    }

    @Test
    void leavesTheStemcellAsItIsWhereItsPartsAreSwitchedOff() {
        GuestOverlay overlay = GuestOverlay.standard()
                .without(OverlayPart.HOSTNAME, OverlayPart.AGENT, OverlayPart.SSH_HOST_KEYS, OverlayPart.UPDATE_DONE);
        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().overlay(overlay).build())) {
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo("bosh-stemcell");
            assertThat(stemcell.shell(KEYS).stdout()).isEqualTo("0\n");
            assertThat(agentsCondition(stemcell)).isEqualTo("yes\n");
            assertThat(stemcell.files().exists("/etc/systemd/system/bosh-agent.service.d/90-incus-stemcell.conf"))
                    .isFalse();
        }
    }
}
