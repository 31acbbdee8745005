package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.IncusStemcellExtension;
import io.github.incusstemcell.junit.Node;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three machines on a network of their own: two stemcells, one of which collects the lines of the other, and a plain Debian. Their
 * settings are in place before they boot, and they know each other by name.
 */
@IncusStemcell(
        node = "collector",
        memory = "256MiB",
        files = "/etc/rsyslog.d/10-collect.conf=src/test/resources/log-collector/collect.conf")
@IncusStemcell(node = "web", files = "/etc/rsyslog.d/10-forward.conf=src/test/resources/log-collector/forward.conf")
class LogCollectorTest {

    /** From a server of images; dev/demo has made one of its own, which needs no download. */
    private static final String DEBIAN = Optional.ofNullable(System.getenv("INCUS_STEMCELL_DEV_ROOTFS"))
            .map("rootfs:"::concat)
            .orElse("images:debian/13");

    @RegisterExtension
    static final IncusStemcellExtension PLAIN =
            IncusStemcellExtension.builder().node("plain").image(DEBIAN).build();

    @Test
    void gathersWhatBothOthersLog(
            @Node("collector") StemcellContainer collector,
            @Node("web") StemcellContainer web,
            @Node("plain") StemcellContainer plain) {
        Generation.startSyslog(collector);
        Generation.startSyslog(web);
        assertThat(collector).within(ofSeconds(10)).socket(tcp(10514)).isListening();

        web.shell("logger --tag shop 'an order came in'").requireSuccess();
        plain.shell("logger --rfc3164 --server collector --port 10514 --tcp --tag job 'done at last'")
                .requireSuccess();

        assertThat(collector)
                .within(ofSeconds(10))
                .file("/var/log/syslog")
                .contains(web.name() + " shop: an order came in")
                .contains(plain.name() + " job: done at last");
    }
}
