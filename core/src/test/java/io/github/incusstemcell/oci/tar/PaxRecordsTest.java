package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PaxRecordsTest {

    @Test
    void countsTheLengthOfARecordWithItsOwnDigits() {
        for (int size = 0; size < 1100; size++) {
            String record = new PaxRecords.Entry("k", "v".repeat(size)).toString();
            assertThat(record).isEqualTo(record.length() + " k=" + "v".repeat(size) + "\n");
        }
    }

    @Test
    void takesTheLastRecordOfAKey() {
        PaxRecords records = records("a", "1", "b", "2").and(records("a", "3").entries());
        assertThat(records.get("a")).isEqualTo("3");
        assertThat(records.get("b")).isEqualTo("2");
        assertThat(records.get("c")).isNull();
    }

    @Test
    void replacesOnlyWhatIsThere() {
        PaxRecords records = records("a", "1", "b", "2");
        assertThat(records.replaced("a", "3")).isEqualTo(records("a", "3", "b", "2"));
        assertThat(records.replaced("c", "3")).isEqualTo(records);
        assertThat(records.without(Set.of("a", "c"))).isEqualTo(records("b", "2"));
        assertThat(records.without(Set.of("a", "b")).isEmpty()).isTrue();
        assertThat(records.text()).isEqualTo("6 a=1\n6 b=2\n");
    }

    private static PaxRecords records(String... keysAndValues) {
        PaxRecords records = PaxRecords.NONE;
        for (int i = 0; i < keysAndValues.length; i += 2) {
            records = records.and(List.of(new PaxRecords.Entry(keysAndValues[i], keysAndValues[i + 1])));
        }
        return records;
    }
}
