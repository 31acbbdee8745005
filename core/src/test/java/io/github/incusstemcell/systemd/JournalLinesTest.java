package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalLinesTest {

    private static final String HEAD = "{\"__CURSOR\":\"c\",\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":";

    private static List<JournalEntry> read(String json) {
        List<JournalEntry> entries = new ArrayList<>();
        JournalLines lines = new JournalLines(line -> entries.add(JournalJson.entry(line)));
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        // In pieces, as they come.
        for (int i = 0; i < bytes.length; i += 7) {
            byte[] piece = java.util.Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + 7));
            lines.add(piece, piece.length);
        }
        return entries;
    }

    @Test
    void leavesWhatIsNotTooLong() {
        String message = "x".repeat(JournalLines.LONGEST_VALUE);

        assertThat(read(HEAD + "\"" + message + "\",\"A\":[\"1\",[50,51]]}\n" + HEAD + "\"\\\\\\\"\\u001b[\"}\n"))
                .extracting(JournalEntry::message)
                .containsExactly(message, "\\\"\u001b[");
    }

    @Test
    void cutsALongTextAndKeepsWhatComesBehindIt() {
        JournalEntry entry = read(HEAD + "\"" + "x".repeat(JournalLines.LONGEST_VALUE + 10) + "\",\"_COMM\":\"sh\"}\n")
                .get(0);

        assertThat(entry.message())
                .hasSize(JournalLines.LONGEST_VALUE + 33)
                .endsWith("x [the last 10 bytes are left out]");
        assertThat(entry.identifier()).contains("sh");
    }

    @Test
    void cutsALongTextThatIsTheLastOfItsEntry() {
        String message = "x".repeat(JournalLines.LONGEST_VALUE + 10);

        assertThat(read(HEAD + "\"" + message + "\"}\n" + HEAD + "\"next\"}\n"))
                .extracting(JournalEntry::message)
                .satisfiesExactly(
                        cut -> assertThat(cut)
                                .hasSize(JournalLines.LONGEST_VALUE + 33)
                                .endsWith("x [the last 10 bytes are left out]"),
                        next -> assertThat(next).isEqualTo("next"));
    }

    @Test
    void cutsALongTextThatIsTheFirstOfSeveralValues() {
        String value = "x".repeat(JournalLines.LONGEST_VALUE + 10);
        JournalEntry entry =
                read(HEAD + "\"m\",\"T\":[\"" + value + "\",\"b\",[99]]}\n").get(0);

        assertThat(entry.fields().get("T"))
                .satisfiesExactly(
                        cut -> assertThat(cut).endsWith("x [the last 10 bytes are left out]"),
                        second -> assertThat(second).isEqualTo("b"),
                        third -> assertThat(third).isEqualTo("c"));
    }

    @Test
    void cutsNeitherACharacterNorAnEscapeInTwo() {
        for (String unit : List.of("€", "😀", "\\n", "\\u001b", "\\\"")) {
            JournalEntry entry = read(HEAD + "\"y" + unit.repeat(JournalLines.LONGEST_VALUE) + "\",\"_COMM\":\"sh\"}\n")
                    .get(0);

            assertThat(entry.message()).doesNotContain("\ufffd").endsWith(" bytes are left out]");
            assertThat(entry.identifier()).contains("sh");
        }
    }

    @Test
    void cutsOctetsToo() {
        String octets = "255,".repeat(JournalLines.LONGEST_VALUE + 5);
        JournalEntry entry = read(HEAD + "[" + octets + "7],\"T\":[\"a\",[98]],\"_COMM\":\"sh\"}\n")
                .get(0);

        assertThat(entry.messageBytes().length).isLessThan(JournalLines.LONGEST_VALUE + 100);
        assertThat(entry.message()).endsWith(" octets are left out]");
        assertThat(entry.fields().get("T")).containsExactly("a", "b");
        assertThat(entry.identifier()).contains("sh");
    }

    @Test
    void keepsLittleOfManyLongValues() {
        StringBuilder line = new StringBuilder(HEAD + "\"m\"");
        for (int i = 0; i < 40; i++) {
            line.append(",\"F")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(1_000_000))
                    .append('"');
        }
        JournalEntry entry = read(line + ",\"_COMM\":\"sh\"}\n").get(0);

        assertThat(entry.fields().values().stream()
                        .flatMap(List::stream)
                        .mapToLong(String::length)
                        .sum())
                .isLessThan(10_000_000);
        assertThat(entry.identifier()).contains("sh");
    }
}
