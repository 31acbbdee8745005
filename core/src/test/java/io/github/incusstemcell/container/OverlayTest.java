package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
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
