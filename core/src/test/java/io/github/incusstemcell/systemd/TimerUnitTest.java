package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimerUnitTest {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
    private static final long MICROS = TIME.getEpochSecond() * 1_000_000;
    private static final BigInteger INFINITY = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final PropertyValues MANAGER =
            new PropertyValues(Map.of("UserspaceTimestamp", MICROS, "UserspaceTimestampMonotonic", 1_000_000L));

    private static TimerUnit timer(Map<String, Object> others) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "Id",
                "a.timer",
                "Unit",
                "a.service",
                "ActiveState",
                "active",
                "SubState",
                "waiting",
                "NextElapseUSecMonotonic",
                INFINITY,
                "NextElapseUSecRealtime",
                0L,
                "LastTriggerUSec",
                0L,
                "LastTriggerUSecMonotonic",
                0L));
        values.putAll(others);
        return TimerUnit.of(new PropertyValues(values), MANAGER);
    }

    @Test
    void neverElapsed() {
        TimerUnit timer = timer(Map.of());

        assertThat(timer.next()).isEmpty();
        assertThat(timer.last()).isEmpty();
        assertThat(timer.stamp()).isEmpty();
        assertThat(timer.isWaiting()).isFalse();
    }

    @Test
    void elapsedSinceTheBoot() {
        TimerUnit timer = timer(Map.of("LastTriggerUSec", MICROS, "LastTriggerUSecMonotonic", 5_000_000L));

        assertThat(timer.last()).contains(TIME);
        assertThat(timer.stamp()).isEmpty();
    }

    @Test
    void aStampFileIsNoRun() {
        TimerUnit typed = timer(Map.of("LastTriggerUSec", MICROS));
        TimerUnit shown =
                timer(Map.of("LastTriggerUSec", "Fri 2026-01-02 03:04:05.000000 UTC", "LastTriggerUSecMonotonic", "0"));

        assertThat(typed.last()).isEmpty();
        assertThat(typed.stamp()).contains(TIME);
        assertThat(shown).isEqualTo(typed);
    }

    @Test
    void whileWhatItStartsRunsNothingIsDecided() {
        assertThat(timer(Map.of("SubState", "running")).isWaiting()).isTrue();
    }
}
