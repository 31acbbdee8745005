package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** What systemd in a stemcell is set up to run. Nothing here changes the machine, so all tests share one. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UnitsTest {

    @Test
    void theSystemHasBooted(StemcellContainer stemcell) {
        assertThat(stemcell).systemd().hasFinishedBooting();
    }

    @Test
    void logsAreRotatedFromBootOn(StemcellContainer stemcell) {
        assertThat(stemcell).unit("logrotate.timer").isEnabled().isActive();
    }

    @Test
    void auditdIsInstalledButLeftToReleases(StemcellContainer stemcell) {
        assertThat(stemcell).unit("auditd").isDisabled();
    }

    @Test
    void whoeverRunsTheAgentIsRestartedButItsChildrenLiveOn(StemcellContainer stemcell) {
        String supervisor = Generation.of(stemcell).supervisesByRunit() ? "runit" : "bosh-agent";

        assertThat(stemcell)
                .unit(supervisor)
                .isEnabled()
                .hasProperty("Restart", "always")
                .hasProperty("KillMode", "process");
    }

    @Test
    void theJournalIsKeptInMemoryOnly(StemcellContainer stemcell) {
        assertThat(stemcell).file("/run/log/journal").tree().named("*.journal").isNotEmpty();
        assertThat(stemcell).file("/var/log").tree().named("*.journal").isEmpty();
    }
}
