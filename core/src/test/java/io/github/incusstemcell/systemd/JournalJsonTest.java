package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What journalctl can print, one trap each. */
class JournalJsonTest {

    private static JournalEntry entry(String fields) {
        String line = "{\"__CURSOR\":\"c\",\"__REALTIME_TIMESTAMP\":\"1700000000123456\"" + fields + "}";
        return JournalJson.entry(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatAServiceWrote() {
        JournalEntry entry = entry(
                ",\"MESSAGE\":\"hello\",\"PRIORITY\":\"3\",\"_PID\":\"42\",\"SYSLOG_IDENTIFIER\":\"me\",\"_SYSTEMD_UNIT\":\"me.service\"");

        assertThat(entry.cursor()).isEqualTo("c");
        assertThat(entry.time()).isEqualTo(Instant.parse("2023-11-14T22:13:20.123456Z"));
        assertThat(entry.message()).isEqualTo("hello");
        assertThat(entry.priority()).contains(Priority.ERROR);
        assertThat(entry.pid()).isEqualTo(OptionalLong.of(42));
        assertThat(entry.identifier()).contains("me");
        assertThat(entry.unit()).contains("me.service");
        assertThat(entry).hasToString("22:13:20.123456 me[42]: hello");
    }

    @Test
    void countsWhatSystemdSaysOfAUnitToThatUnit() {
        assertThat(entry(",\"_SYSTEMD_UNIT\":\"init.scope\",\"UNIT\":\"x.service\"")
                        .unit())
                .contains("x.service");
    }

    @Test
    void readsOctetsThatAreNoText() {
        JournalEntry entry = entry(",\"MESSAGE\":[104,255,10]");

        assertThat(entry.messageBytes()).containsExactly('h', 0xff, '\n');
        assertThat(entry.message()).isEqualTo("h\uFFFD\n");
    }

    @Test
    void readsAFieldThatStandsThereSeveralTimes() {
        JournalEntry entry = entry(",\"TAG\":[\"one\",\"two\",[116,255]],\"MESSAGE\":[\"first\",\"second\"]");

        assertThat(entry.fields().get("TAG")).containsExactly("one", "two", "t\uFFFD");
        assertThat(entry.field("TAG")).contains("one");
        assertThat(entry.message()).isEqualTo("first");
    }

    @Test
    void keepsALineSeparatorInsideOfAMessage() {
        assertThat(entry(",\"MESSAGE\":\"a\u2028b\"").message()).isEqualTo("a\u2028b");
    }

    @Test
    void aFieldThatWasTooLongHasNoValue() {
        JournalEntry entry = entry(",\"MESSAGE\":null,\"BIG\":null");

        assertThat(entry.message()).isEmpty();
        assertThat(entry.fields().get("BIG")).isEqualTo(List.of());
        assertThat(entry.field("BIG")).isEmpty();
    }

    @Test
    void doesWithoutWhatIsNotThere() {
        JournalEntry entry = entry(",\"PRIORITY\":\"9\"");

        assertThat(entry.unit()).isEmpty();
        assertThat(entry.priority()).isEmpty();
        assertThat(entry.pid()).isEmpty();
        assertThat(entry.identifier()).isEqualTo(Optional.empty());
        assertThat(entry.invocationId()).isEmpty();
    }

    @Test
    void refusesWhatIsNoEntry() {
        byte[] line = "-- No entries --".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> JournalJson.entry(line))
                .isInstanceOf(SystemdException.class)
                .hasMessage("Not a journal entry as journalctl prints it: -- No entries --");
    }
}
