package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** Jobs that a release leaves to cron. */
@IncusStemcell
class CronTest {

    @Test
    void runsJobsOfAPackage(StemcellContainer stemcell) {
        stemcell.files().writeString("/etc/cron.d/hello", "* * * * * root touch /tmp/hello\n");

        // cron looks for new files once a minute, and runs the job in the next.
        assertThat(stemcell).within(ofSeconds(130)).file("/tmp/hello").exists();
    }
}
