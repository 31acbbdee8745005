package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a stemcell does without parts of the overlay, and with them. */
class OverlayTest {

    private static final String KEYS = "ls /etc/ssh/ssh_host_*_key 2>/dev/null | wc -l";
    private static final String AGENT_CONDITION =
            "systemctl show --property ConditionResult --value bosh-agent.service";
    private static final String UPDATED = "test -e /etc/.updated && echo yes || echo no";

    private static Stemcells stemcells;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().connect();
    }

    @AfterAll
    static void close() {
        stemcells.close();
    }

    @Test
    void givesTheGuestItsNameItsKeysAndNoAgent() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo(stemcell.name() + "\n");
            assertThat(stemcell.shell(KEYS).stdout().strip()).isNotEqualTo("0");
            assertThat(stemcell.shell(AGENT_CONDITION).stdout()).isEqualTo("no\n");
            assertThat(stemcell.shell(UPDATED).stdout()).isEqualTo("yes\n");
            assertThat(stemcell.shell("mountpoint /var/log").exitCode()).isZero();
        }
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
            ExecResult config = one.exec("sshd", "-T");
            assertThat(config.exitCode()).as(config.stderr()).isZero();
            assertThat(config.stderr()).isEmpty();
            assertThat(one.exec("ssh-keyscan", "-t", "rsa", "127.0.0.1").stdout())
                    .contains("ssh-rsa ");
            assertThat(one.files().exists("/usr/local/share/incus-stemcell")).isFalse();
            assertThat(one.diagnose().file("instance.txt").orElseThrow().text())
                    .contains(RsaHostKeys.CONFIG)
                    .doesNotContain("BEGIN PRIVATE KEY");
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
            assertThat(stemcell.exec("pgrep", "-f", "firstboot.sh").stdout()).isEmpty();
            assertThat(stemcell.files().exists("/root/firstboot_done")).isTrue();
        }
    }

    @Test
    void enablesNothingThatTheImageDisabledWhereItsMachineIdAsksForAFirstBoot() {
        ContainerSpec spec = TestMachine.spec().withProvisioning(Provisioning.of("uninitialized", guest -> {
            guest.exec("systemctl", "disable", "cron").requireSuccess();
            guest.files().writeString("/etc/machine-id", "uninitialized\n");
        }));
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.files().readString("/etc/machine-id")).matches("[0-9a-f]{32}\n");
            assertThat(stemcell.shell("systemctl is-enabled cron").stdout()).isEqualTo("disabled\n");
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
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec().withOverlay(overlay))) {
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo("bosh-stemcell");
            assertThat(stemcell.shell(KEYS).stdout()).isEqualTo("0\n");
            assertThat(stemcell.shell(AGENT_CONDITION).stdout()).isEqualTo("yes\n");
            assertThat(stemcell.files().exists("/etc/systemd/system/bosh-agent.service.d/90-incus-stemcell.conf"))
                    .isFalse();
        }
    }
}
