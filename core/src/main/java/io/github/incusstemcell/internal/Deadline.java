package io.github.incusstemcell.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of a time to wait. Not thread-safe where it pauses. */
public final class Deadline {

    private static final Duration FOR_EVER = Duration.ofDays(10_000);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

    private final Duration span;
    private final long end;
    private long pause = FIRST_PAUSE;

    private Deadline(Duration span, long end) {
        this.span = span;
        this.end = end;
    }

    /** {@return the end of a time that begins now} */
    public static Deadline in(Duration span) {
        // A caller that says "for ever" means some centuries less than the clock can count.
        Duration counted = span.compareTo(FOR_EVER) > 0 ? FOR_EVER : span;
        return new Deadline(span, System.nanoTime() + counted.toNanos());
    }

    /** {@return how long the whole of it is} */
    public Duration span() {
        return span;
    }

    /** {@return what is left, never negative} */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** {@return whether nothing is left} */
    public boolean isOver() {
        return end - System.nanoTime() <= 0;
    }

    /**
     * Waits until it is time to ask again somebody who tells nothing by himself: 10 ms at first, a quarter of a second at last.
     *
     * @return false, without a pause, where the time is over
     * @throws InterruptedException if the thread was interrupted before
     */
    public boolean pause() throws InterruptedException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
        pause = Math.min(LONGEST_PAUSE, pause * 3 / 2);
        return true;
    }
}
