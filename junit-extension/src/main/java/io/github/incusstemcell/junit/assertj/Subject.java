package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A stemcell under test, and when a check on it has to hold.
 *
 * @param stemcell the stemcell
 * @param timing when
 * @param description what the test says of it by {@code as()}, or nothing
 */
record Subject(StemcellContainer stemcell, Timing timing, String description) {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    String name() {
        return stemcell.name();
    }

    /** {@return the same, to be checked as it is now} */
    Subject now() {
        return new Subject(stemcell, Timing.NOW, description);
    }

    AssertionError failure(String message) {
        return new AssertionError(description.isEmpty() ? message : "[" + description + "] " + message);
    }

    /**
     * The moments at which something that tells of no changes is looked at: often at first, then more seldom.
     *
     * @return the last reading: the first that holds, or for "always" the first that does not, or the one at the end
     */
    <T> T read(Supplier<T> reading, Predicate<T> holds) {
        long end = System.nanoTime() + timing.span().toNanos();
        boolean awaited = timing.mode() != Timing.Mode.ALWAYS;
        Duration pause = FIRST_PAUSE;
        T value = reading.get();
        while (holds.test(value) != awaited && System.nanoTime() < end) {
            pause(Math.min(pause.toNanos(), Math.max(1, end - System.nanoTime())));
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            value = reading.get();
        }
        return value;
    }

    private static void pause(long nanos) {
        java.util.concurrent.locks.LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("Interrupted while waiting for a stemcell");
        }
    }
}
