package consumer;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;

/** What goes through each library, as in the other projects, and that all of it came from modules. */
@IncusStemcell
class ConsumerTest {

    private StemcellContainer field;

    @Test
    void bootsAndIsAssertedOnTheModulePath(StemcellContainer stemcell) {
        assertThat(ConsumerTest.class.getModule().getName()).isEqualTo("consumer");
        assertThat(IncusStemcell.class.getModule().getName()).isEqualTo("io.github.incusstemcell.junit");
        assertThat(StemcellContainer.class.getModule().getName()).isEqualTo("io.github.incusstemcell.core");
        assertThat(ServiceLoader.load(TestExecutionListener.class))
                .extracting(listener -> listener.getClass().getModule())
                .contains(IncusStemcell.class.getModule());

        stemcell.files().writeString("/tmp/greeting", "hello");
        assertThat(field.exec("cat", "/tmp/greeting").requireSuccess().stdout()).isEqualTo("hello");
        stemcell.shell("(sleep 0.2; touch /tmp/later) >/dev/null 2>&1 &").requireSuccess();
        assertThat(stemcell).within(ofSeconds(30)).file("/tmp/later").exists();
        assertThat(stemcell).unit("systemd-journald.service").isActive();
        stemcell.files().writeString("/tmp/order.json", "{\"lines\": 3}");
        assertThat(stemcell).file("/tmp/order.json").json().hasValue("/lines", 3);
        assertThat(stemcell).httpFromTest(80, "/").doesNotAnswer();
        stemcell.exec("logger", "a word from a consumer").requireSuccess();
        assertThat(stemcell).within(ofSeconds(30)).journal().contains("a word from a consumer");
    }
}
