package io.github.incusstemcell.systemd;

import java.time.Duration;

/**
 * The end of a time to wait.
 *
 * @param span how long that is
 * @param nanoTime the end on the clock of {@link System#nanoTime}
 */
record Deadline(Duration span, long nanoTime) {

    static Deadline in(Duration span) {
        // A caller that says "for ever" means some centuries less than the clock can count.
        long nanos = span.compareTo(Duration.ofDays(10_000)) > 0
                ? Duration.ofDays(10_000).toNanos()
                : span.toNanos();
        return new Deadline(span, System.nanoTime() + nanos);
    }

    /** {@return what is left, never negative} */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    boolean isOver() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
