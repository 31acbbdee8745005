package io.github.incusstemcell.junit.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guest wrote, as reports show it. */
@Timeout(60)
class ReportTextTest {

    @Test
    void makesOneLineOfSeveral() {
        assertThat(ReportText.line(" a \n\t b\n\n c  d\n")).isEqualTo("a b c  d");
    }

    @Test
    void takesNoLongerThanATextIsLong() {
        assertThat(ReportText.line("a" + " ".repeat(300_000) + "b"))
                .startsWith("a  ")
                .endsWith("...");
    }
}
