package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordAgingTest {

    /** As pam_unix(8) decides; the days are those since 1970. */
    @ParameterizedTest
    @CsvSource({
        "'', '', '', '', 20000, false",
        "'', '', '', 20000, 19999, false",
        "'', '', '', 20000, 20000, true",
        "19000, 90, 30, '', 19120, false",
        "19000, 90, 30, '', 19121, true",
        "19000, 90, 30, 19050, 19050, true",
        "19000, 90, '', '', 20000, false",
        "19000, 90, -1, '', 20000, false",
        "19000, '', 30, '', 20000, false",
        "0, 90, 30, '', 20000, false",
        "999999999, 999999999, 999999999, '', 20000, false"
    })
    void isExpired(String changed, String max, String inactive, String expires, long today, boolean isExpired) {
        PasswordAging aging = PasswordAging.of(changed, "", max, "", inactive, expires);

        assertThat(aging.isExpiredOn(LocalDate.ofEpochDay(today))).isEqualTo(isExpired);
    }
}
