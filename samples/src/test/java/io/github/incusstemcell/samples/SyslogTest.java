package io.github.incusstemcell.samples;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** The way of a line from a program into the log. */
@IncusStemcell
class SyslogTest {

    @Test
    void aLoggedLineReachesTheFile(StemcellContainer stemcell) {
        stemcell.exec("logger", "--tag", "sample", "a line of ours").requireSuccess();

        await().atMost(ofSeconds(10))
                .untilAsserted(() -> assertThat(stemcell.files().readString("/var/log/syslog"))
                        // A precise timestamp, with fractions of seconds and a zone.
                        .containsPattern(
                                "(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+\\S+ .*sample: a line of ours$"));
    }

    @Test
    void theConfigurationIsValid(StemcellContainer stemcell) {
        stemcell.exec("rsyslogd", "-N", "1").requireSuccess();
    }
}
