package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files the kernel may have named by {@code kernel.core_pattern}: both are the guest's to choose. */
@Timeout(60)
class CoreDumpNamesTest {

    @ParameterizedTest
    @CsvSource({
        "core,core,true",
        "core,core.123,true",
        "core,core.12a,false",
        "core,cores,false",
        "core.%e.%p,core.cron.123,true",
        "core.%e.%p,core.cron.123.123,true",
        "core.%e.%p,core.cron,false",
        "%e-%p,cron-1,true",
        "%e-%p,cron,false",
        "%p,,true",
        "a%pa,a,false",
        "a%pa,aa,true",
        "\\E[a-z]%p\\Q,\\E[a-z]1\\Q,true",
        "\\E[a-z]%p\\Q,b1,false",
    })
    void tellsByThePattern(String pattern, String name, boolean named) {
        assertThat(CoreDumps.isNamedBy(pattern, name == null ? "" : name)).isEqualTo(named);
    }

    @Test
    void endsWhateverThePatternIs() {
        assertThat(CoreDumps.isNamedBy("%p-".repeat(40) + "x", "-".repeat(255))).isFalse();
        assertThat(CoreDumps.isNamedBy("\\E(a+)+\\Q%p", "a".repeat(255) + "b")).isFalse();
    }
}
