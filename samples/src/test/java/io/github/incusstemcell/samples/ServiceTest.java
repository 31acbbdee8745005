package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service of one's own on a stemcell: what a release author ships, tried on the real system. */
@IncusStemcell
class ServiceTest {

    /** Filled before each test with that test's own machine. */
    private StemcellContainer stemcell;

    @BeforeEach
    void install() {
        stemcell.files().writeString("/etc/systemd/system/heartbeat.service", """
                        [Service]
                        ExecStart=/bin/sleep infinity
                        Restart=always
                        RestartSec=100ms
                        """);
        stemcell.exec("systemctl", "daemon-reload").requireSuccess();
        stemcell.exec("systemctl", "start", "heartbeat.service").requireSuccess();
    }

    @Test
    void isRestartedAfterACrash() {
        stemcell.exec("systemctl", "kill", "--signal=KILL", "heartbeat.service").requireSuccess();

        assertThat(stemcell)
                .within(ofSeconds(10))
                .unit("heartbeat")
                .hasRestartedAtLeast(1)
                .isActive();
    }

    @Test
    void survivesAReboot() {
        stemcell.exec("systemctl", "add-wants", "multi-user.target", "heartbeat.service")
                .requireSuccess();

        stemcell.restart();

        assertThat(stemcell).unit("heartbeat").isActive();
    }
}
