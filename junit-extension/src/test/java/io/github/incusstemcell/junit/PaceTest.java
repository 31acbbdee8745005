package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How many containers are worth starting ahead. */
class PaceTest {

    private final Pace pace = new Pace();

    @Test
    void isOneForEachRunningTestWhereNothingIsKnown() {
        assertThat(pace.ahead(0, 4)).isEqualTo(1);
        assertThat(pace.ahead(3, 4)).isEqualTo(3);
    }

    @Test
    void isOneWhereTestsTakeLongerThanStarts() {
        measured(1_000, 3_000);

        assertThat(pace.ahead(1, 4)).isEqualTo(1);
    }

    @Test
    void isAsManyAsTestsEndDuringAStart() {
        measured(1_200, 500);

        assertThat(pace.ahead(1, 4)).isEqualTo(3);
    }

    @Test
    void isNoMoreThanCanStartAtOnceForTestsThatTakeNoTime() {
        measured(1_200, 0);

        assertThat(pace.ahead(1, 2)).isEqualTo(2);
    }

    @Test
    void isNoMoreThanTheTestsThatRunWhereTheseAreMore() {
        measured(1_200, 0);

        assertThat(pace.ahead(4, 2)).isEqualTo(4);
    }

    @Test
    void followsWhatWasMeasuredLast() {
        measured(1_000, 10_000);
        for (int i = 0; i < 20; i++) {
            measured(1_000, 0);
        }

        assertThat(pace.ahead(1, 2)).isEqualTo(2);
    }

    private void measured(long start, long use) {
        pace.started(Duration.ofMillis(start));
        pace.used(Duration.ofMillis(use));
    }
}
