package io.github.incusstemcell.junit.assertj;

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

    static final Timing NOW = new Timing(Mode.NOW, Duration.ZERO);

    static Timing within(Duration span) {
        return new Timing(Mode.WITHIN, span);
    }

    static Timing always(Duration span) {
        return new Timing(Mode.ALWAYS, span);
    }

    /** {@return how messages say it: " within 30s", " for 5s", or nothing} */
    String words() {
        return switch (mode) {
            case NOW -> "";
            case WITHIN -> " within " + seconds(span);
            case ALWAYS -> " for " + seconds(span);
        };
    }

    static String seconds(Duration span) {
        String text = String.format(java.util.Locale.ROOT, "%.3f", span.toMillis() / 1000.0);
        return text.replaceFirst("\\.?0+$", "") + "s";
    }
}
