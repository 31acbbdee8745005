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

        // It reads the files as it starts, which on jammy nobody has it do.
        stemcell.systemd().restart("cron");

        assertThat(stemcell).within(ofSeconds(70)).file("/tmp/hello").exists();
    }
}
