package io.github.incusstemcell.incus;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long somebody has not answered, as far as this JVM was there to hear it. Thread-safe. */
final class Liveness {

    /** So late a look comes only where this JVM was halted, as by a debugger, or had no processor: what was answered is not read yet. */
    private static final Duration LATE = Duration.ofSeconds(2);

    private final LongSupplier clock;
    private final Duration patience;
    private long answered;
    private long looked;

    /**
     * @param clock in nanoseconds, since any moment
     * @param patience after so long without an answer it is lost
     */
    Liveness(LongSupplier clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
        this.answered = clock.getAsLong();
        this.looked = answered;
    }

    synchronized void answers() {
        answered = clock.getAsLong();
    }

    /** {@return whether there has been no answer for too long} It is to be asked several times in a second. */
    synchronized boolean isLost() {
        long now = clock.getAsLong();
        if (now - looked > LATE.toNanos()) {
            answered = now;
        }
        looked = now;
        return now - answered > patience.toNanos();
    }
}
