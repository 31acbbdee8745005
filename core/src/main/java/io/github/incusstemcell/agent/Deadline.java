package io.github.incusstemcell.agent;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** When a wait ends, and how long it pauses until it asks again: an agent tells nothing by itself. Not thread-safe. */
final class Deadline {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

    private final Duration limit;
    private final long end;
    private long pause = FIRST_PAUSE;

    Deadline(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
    }

    /** What is left, and a moment more, as a request needs some time. */
    Duration left() {
        return Duration.ofNanos(Math.max(FIRST_PAUSE, end - System.nanoTime()));
    }

    /** {@return false, where the time is over} */
    boolean pause() {
        long left = end - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException("Interrupted while waiting for an agent", e);
        }
        pause = Math.min(LONGEST_PAUSE, pause * 3 / 2);
        return true;
    }

    /** The whole of it, as a person reads it. */
    String words() {
        return limit.toMillis() / 1000.0 + " s";
    }
}
