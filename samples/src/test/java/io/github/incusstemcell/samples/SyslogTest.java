package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** The way of a line from a program into the log. */
@IncusStemcell
class SyslogTest {

    @Test
    void aLoggedLineReachesTheFile(StemcellContainer stemcell) {
        Generation.startSyslog(stemcell);
        stemcell.exec("logger", "--tag", "sample", "a line of ours").requireSuccess();

        // A precise timestamp, with fractions of seconds and a zone.
        assertThat(stemcell)
                .within(ofSeconds(10))
                .file("/var/log/syslog")
                .matches("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+\\S+ .*sample: a line of ours$");
    }

    @Test
    void theConfigurationIsValid(StemcellContainer stemcell) {
        assertThat(stemcell).command("rsyslogd", "-N", "1").succeeds();
    }
}
