package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** Logs do not fill the disk. */
@IncusStemcell
class LogrotateTest {

    @Test
    void rotatesALogOfARelease(StemcellContainer stemcell) {
        stemcell.files().createDirectories("/var/vcap/sys/log/sample");
        stemcell.files().writeString("/var/vcap/sys/log/sample/sample.log", "x".repeat(2048));
        stemcell.files().writeString("/etc/logrotate.d/sample", """
                        /var/vcap/sys/log/sample/*.log {
                            size 1k
                            rotate 2
                            create
                        }
                        """);

        // The service is what the timer starts; starting a oneshot returns when it has ended.
        stemcell.exec("systemctl", "start", "logrotate.service").requireSuccess();

        assertThat(stemcell).file("/var/vcap/sys/log/sample/sample.log").hasSize(0);
        assertThat(stemcell).file("/var/vcap/sys/log/sample/sample.log.1").hasSize(2048);
        assertThat(stemcell).unit("logrotate.timer").isEnabled();
    }
}
