package io.github.incusstemcell.systemd.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.systemd.SystemdException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts were printed by systemctl 257; see also SystemdPropertiesTest, which asks a real one. */
class PropertyTextTest {

    private static final BigInteger MAXIMUM = new BigInteger("18446744073709551615");

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1us",
        "1500, 1.500ms",
        "100000, 100ms",
        "2000000, 2s",
        "1500000, 1.500000s",
        "1000001, 1.000001s",
        "90000000, 1min 30s",
        "90500000, 1min 30.500000s",
        "86400000000, 1d",
        "5400000000, 1h 30min",
        "12345678901234, 4month 3w 3h 21min 18.901234s",
    })
    void writesSpansAsSystemdDoes(long micros, String text) {
        assertThat(PropertyText.of("TimeoutStartUSec", micros)).isEqualTo(text);
        assertThat(PropertyText.parseSpan(text)).isEqualTo(micros);
    }

    @Test
    void writesTimesToTheMicrosecond() {
        String text = PropertyText.of("ActiveEnterTimestamp", 1795488916523240L);

        assertThat(text).isEqualTo("Tue 2026-11-24 02:55:16.523240 UTC");
        assertThat(PropertyText.parseTime(text)).contains(Instant.parse("2026-11-24T02:55:16.523240Z"));
        assertThat(PropertyText.of("ActiveEnterTimestamp", 0L)).isEmpty();
        assertThat(PropertyText.parseTime("")).isEmpty();
    }

    @Test
    void doesNotGuessATime() {
        assertThatThrownBy(() -> PropertyText.parseTime("yesterday"))
                .isInstanceOf(SystemdException.class)
                .hasMessage("Not a time as systemctl prints it: yesterday");
    }

    @Test
    void saysTheLargestNumberInTheWordsOfTheProperty() {
        assertThat(PropertyText.of("MemoryCurrent", MAXIMUM)).isEqualTo("[not set]");
        assertThat(PropertyText.of("MemoryMax", MAXIMUM)).isEqualTo("infinity");
        assertThat(PropertyText.of("RuntimeMaxUSec", MAXIMUM)).isEqualTo("infinity");
        assertThat(PropertyText.of("IPIngressBytes", MAXIMUM)).isEqualTo("[no data]");
        assertThat(PropertyText.of("UID", 4294967295L)).isEqualTo("[not set]");
    }

    @Test
    void saysModesInOctalAndFlagsInWords() {
        assertThat(PropertyText.of("UMask", 18L)).isEqualTo("0022");
        assertThat(PropertyText.of("RuntimeDirectoryMode", 493L)).isEqualTo("0755");
        assertThat(PropertyText.of("RemainAfterExit", true)).isEqualTo("yes");
        assertThat(PropertyText.of("InvocationID", new byte[] {1, (byte) 0xab})).isEqualTo("01ab");
        assertThat(PropertyText.of("After", List.of("a.service", "b.target"))).isEqualTo("a.service b.target");
    }

    /** As a guest that lies may answer. */
    @Test
    void refusesValuesOfOtherTypes() {
        PropertyValues lies = new PropertyValues(
                Map.of("After", 7L, "LoadError", List.of(), "NRestarts", "9".repeat(30), "Listen", List.of(1L)));

        for (Runnable question : List.<Runnable>of(
                () -> lies.list("After"),
                () -> lies.shown("LoadError"),
                () -> lies.count("NRestarts"),
                () -> lies.rows("Listen", row -> row))) {
            assertThatThrownBy(question::run)
                    .isInstanceOf(SystemdException.class)
                    .hasMessageMatching("systemd's property \\w+ is none of the type that it has: .*");
        }
    }
}
