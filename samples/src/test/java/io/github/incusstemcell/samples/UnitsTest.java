package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd in a stemcell is set up to run. Nothing here changes the machine, so all tests share one. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UnitsTest {

    @Test
    void theSystemHasBooted(StemcellContainer stemcell) {
        assertThat(stemcell.exec("systemctl", "is-system-running").stdout().strip())
                .isIn("running", "degraded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bosh-agent.service",
                "cron.service",
                "rsyslog.service",
                "chrony.service",
                "systemd-networkd.service"
            })
    void startsAtBoot(String unit, StemcellContainer stemcell) {
        assertThat(stemcell.exec("systemctl", "is-enabled", unit).stdout()).isEqualTo("enabled\n");
    }

    @Test
    void auditdIsInstalledButLeftToReleases(StemcellContainer stemcell) {
        assertThat(stemcell.exec("systemctl", "is-enabled", "auditd.service").stdout())
                .isEqualTo("disabled\n");
    }

    @Test
    void theAgentIsRestartedWhenItDiesButItsChildrenLiveOn(StemcellContainer stemcell) {
        assertThat(stemcell.exec("systemctl", "show", "bosh-agent.service", "--property=Restart,KillMode")
                        .requireSuccess()
                        .stdout()
                        .lines())
                .containsExactlyInAnyOrder("Restart=always", "KillMode=process");
    }

    @Test
    void theJournalIsKeptInMemoryOnly(StemcellContainer stemcell) {
        String files = stemcell.exec("find", "/run/log/journal", "/var/log/journal", "-name", "*.journal")
                .stdout();

        assertThat(files.lines()).isNotEmpty().allMatch(file -> file.startsWith("/run/"));
    }
}
