import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** What goes through each library that we share with a user: commands, files, systemd, the journal, waits, assertions. */
@IncusStemcell
class ConsumerTest {

    @Test
    void bootsAndIsAsserted(StemcellContainer stemcell) {
        stemcell.files().writeString("/tmp/greeting", "hello");

        assertThat(stemcell.exec("cat", "/tmp/greeting").requireSuccess().stdout()).isEqualTo("hello");
        stemcell.shell("(sleep 0.2; touch /tmp/later) >/dev/null 2>&1 &").requireSuccess();
        assertThat(stemcell).within(ofSeconds(30)).file("/tmp/later").exists();
        assertThat(stemcell).unit("systemd-journald.service").isActive();
        stemcell.exec("logger", "a word from a consumer").requireSuccess();
        assertThat(stemcell).within(ofSeconds(30)).journal().contains("a word from a consumer");
    }
}
