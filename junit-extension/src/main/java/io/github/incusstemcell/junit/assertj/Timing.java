package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;

/**
 * When a check has to hold.
 *
 * @param mode now, at some moment of a time, or at every moment of it
 * @param span the time
 */
record Timing(Mode mode, Duration span) {

    Timing {
        if (mode != Mode.NOW && (span.isNegative() || span.isZero())) {
            throw new IllegalArgumentException("Not a time to wait or watch for: " + span);
        }
    }

    enum Mode {
        NOW,
        WITHIN,
        ALWAYS
    }

    /** What a busy machine gets for an answer, however little time a check has. */
    static final Duration LEAST = Duration.ofSeconds(1);

    static final Duration MOST = Duration.ofSeconds(10);

    static final Timing NOW = new Timing(Mode.NOW, Duration.ZERO);

    static Timing within(Duration span) {
        return new Timing(Mode.WITHIN, span);
    }

    static Timing always(Duration span) {
        return new Timing(Mode.ALWAYS, span);
    }

    /** {@return how long whoever is asked may take for an answer: as long as the check has time, but from 1 to 10 seconds} */
    Duration patience() {
        if (mode == Mode.NOW) {
            return MOST;
        }
        Duration least = span.compareTo(LEAST) < 0 ? LEAST : span;
        return least.compareTo(MOST) < 0 ? least : MOST;
    }

    /** {@return how messages say it: " within 30s", " for 5s", or nothing} */
    String words() {
        return switch (mode) {
            case NOW -> "";
            case WITHIN -> " within " + DurationText.of(span);
            case ALWAYS -> " for " + DurationText.of(span);
        };
    }
}
