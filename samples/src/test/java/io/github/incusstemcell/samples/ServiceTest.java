package io.github.incusstemcell.samples;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
        String before = property("MainPID");

        stemcell.exec("kill", "-KILL", before).requireSuccess();

        await().atMost(ofSeconds(10))
                .untilAsserted(() -> assertThat(property("NRestarts")).isEqualTo("1"));
        assertThat(property("MainPID")).isNotEqualTo(before);
    }

    @Test
    void survivesAReboot() {
        stemcell.exec("systemctl", "add-wants", "multi-user.target", "heartbeat.service")
                .requireSuccess();

        stemcell.restart();

        assertThat(property("ActiveState")).isEqualTo("active");
    }

    private String property(String name) {
        return stemcell.exec("systemctl", "show", "heartbeat.service", "--value", "--property=" + name)
                .requireSuccess()
                .stdout()
                .strip();
    }
}
