package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A job of a BOSH release as its templates are rendered: started by its control script, without a director. */
@IncusStemcell
class ReleaseJobTest {

    @Test
    void servesAsVcapUntilItIsStopped(StemcellContainer stemcell) {
        stemcell.files().copyTo(Path.of("src/test/resources/web-job"), "/var/vcap/jobs/web");

        stemcell.exec("/var/vcap/jobs/web/bin/ctl", "start").requireSuccess();

        assertThat(stemcell).within(ofSeconds(10)).socket(tcp(8080)).isListening();
        assertThat(stemcell).process("perl").runsAs("vcap");
        assertThat(stemcell).http("http://127.0.0.1:8080/").hasStatus(200);
        assertThat(stemcell).file("/var/vcap/sys/log/web/web.log").contains("listening");

        stemcell.exec("/var/vcap/jobs/web/bin/ctl", "stop").requireSuccess();

        assertThat(stemcell).within(ofSeconds(10)).socket(tcp(8080)).isNotListening();
    }
}
