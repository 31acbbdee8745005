package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** The BOSH agent, which finds no director here. */
@IncusStemcell
class AgentTest {

    @Test
    void isQuietWithoutSettings(StemcellContainer stemcell) {
        // Left to itself it would exit for want of its settings, and be restarted for ever.
        assertThat(stemcell).unit(supervisor(stemcell)).isInactive().hasNotRestarted();
    }

    @Test
    void leavesMonitWaitingForTheDiskThatItMakes(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).file("/etc/sv/monit/down").exists();
        } else {
            // Not failed: its condition, a folder on that disk, is not met.
            assertThat(stemcell).unit("monit").isInactive().hasConditionsNotMet();
        }
    }

    @Test
    void startsOnceItHasSettings(StemcellContainer stemcell) {
        stemcell.files().writeString("/var/vcap/bosh/warden-cpi-agent-env.json", """
                        {"agent_id": "sample", "vm": {"name": "sample", "id": "sample"},
                         "mbus": "https://vcap:vcap@0.0.0.0:6868", "networks": {}, "disks": {}}
                        """);

        stemcell.exec("systemctl", "start", supervisor(stemcell)).requireSuccess();

        assertThat(stemcell).unit(supervisor(stemcell)).isActive();
    }

    private static String supervisor(StemcellContainer stemcell) {
        return Generation.of(stemcell).supervisesByRunit() ? "runit" : "bosh-agent";
    }
}
