package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** What the image itself says, before its first boot and with nothing laid over it. */
@IncusStemcell(scope = Scope.PER_CLASS, boot = false)
class StemcellImageSpecTest {

    @Test
    void noMachineHasItsHostKeysFromTheImage(StemcellContainer stemcell) {
        assertThat(stemcell).files("/etc/ssh/ssh_host_*").doNotExist();
    }

    @Test
    void noMachineHasItsIdFromTheImage(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/machine-id").content().isBlank();
    }

    @Test
    void nobodyGetsInWithoutAPassword(StemcellContainer stemcell) {
        assertThat(stemcell).users().haveNoEmptyPasswords();
    }

    @Test
    void sshdIsToldWhichHostKeysToUse(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/ssh/sshd_config")
                .linesMatching("^HostKey ")
                .containsExactly(
                        "HostKey /etc/ssh/ssh_host_rsa_key",
                        "HostKey /etc/ssh/ssh_host_ecdsa_key",
                        "HostKey /etc/ssh/ssh_host_ed25519_key");
    }

    @Test
    void theFirstBootIsStillToCome(StemcellContainer stemcell) {
        assertThat(stemcell).file("/root/firstboot_done").doesNotExist();
        assertThat(stemcell).file("/root/firstboot.sh").isFile().hasMode(0755);
    }

    @Test
    void theNetworkIsLeftToTheAgent(StemcellContainer stemcell) {
        assertThat(stemcell).files("/etc/systemd/network/*").doNotExist();
        assertThat(stemcell).files("/etc/netplan/*").doNotExist();
    }

    @Test
    void thereIsNoDataYet(StemcellContainer stemcell) {
        assertThat(stemcell).file("/var/vcap/data").doesNotExist();
    }

    @Test
    void syslogWaitsForTheLogsThatTheAgentMounts(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/systemd/system/rsyslog.service.d/00-override.conf")
                .matches("^ExecStartPre=.*wait_for_var_log_to_be_mounted");
    }

    @Test
    void itIsCalledAsAllStemcellsAre(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/hostname").content().isEqualToIgnoringWhitespace("bosh-stemcell");
    }
}
