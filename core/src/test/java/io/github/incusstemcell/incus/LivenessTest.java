package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** By a clock that is set by hand, as a JVM cannot be halted in the middle of its own test. */
class LivenessTest {

    private long now = Long.MAX_VALUE - 1000;
    private final Liveness liveness = new Liveness(() -> now, Duration.ofSeconds(7));

    private boolean isLostAfter(Duration silence) {
        boolean lost = false;
        for (Duration passed = Duration.ZERO; passed.compareTo(silence) < 0; passed = passed.plusMillis(500)) {
            now += Duration.ofMillis(500).toNanos();
            lost = liveness.isLost();
        }
        return lost;
    }

    @Test
    void isOverOnceThereWasNoAnswerForLongerThanThePatience() {
        assertThat(isLostAfter(Duration.ofSeconds(7))).isFalse();
        assertThat(isLostAfter(Duration.ofMillis(500))).isTrue();

        liveness.answers();

        assertThat(liveness.isLost()).isFalse();
    }

    @Test
    void isNotOverAsThisJvmWasHalted() {
        isLostAfter(Duration.ofSeconds(3));
        now += Duration.ofHours(1).toNanos();

        assertThat(liveness.isLost()).isFalse();
        assertThat(isLostAfter(Duration.ofSeconds(7))).isFalse();
        assertThat(isLostAfter(Duration.ofMillis(500))).isTrue();
    }
}
