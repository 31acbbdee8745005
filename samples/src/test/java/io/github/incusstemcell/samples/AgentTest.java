package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** The BOSH agent, which finds no director here. */
@IncusStemcell
class AgentTest {

    @Test
    void isQuietWithoutSettings(StemcellContainer stemcell) {
        // Left to itself it would exit for want of its settings, and be restarted for ever.
        assertThat(stemcell.exec("systemctl", "show", "bosh-agent", "--property=ActiveState,NRestarts")
                        .stdout()
                        .lines())
                .containsExactlyInAnyOrder("ActiveState=inactive", "NRestarts=0");
    }

    @Test
    void leavesMonitWaitingForTheDiskThatItMakes(StemcellContainer stemcell) {
        // Not failed: its condition, a folder on that disk, is not met.
        assertThat(stemcell.exec("systemctl", "show", "monit", "--property=ActiveState,ConditionResult")
                        .stdout()
                        .lines())
                .containsExactlyInAnyOrder("ActiveState=inactive", "ConditionResult=no");
    }

    @Test
    void startsOnceItHasSettings(StemcellContainer stemcell) {
        stemcell.files().writeString("/var/vcap/bosh/warden-cpi-agent-env.json", """
                        {"agent_id": "sample", "vm": {"name": "sample", "id": "sample"},
                         "mbus": "https://vcap:vcap@0.0.0.0:6868", "networks": {}, "disks": {}}
                        """);

        stemcell.exec("systemctl", "start", "bosh-agent.service").requireSuccess();

        assertThat(stemcell.exec("systemctl", "is-active", "bosh-agent.service").stdout())
                .isEqualTo("active\n");
    }
}
