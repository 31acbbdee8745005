package io.github.incusstemcell.systemd;

import java.time.Duration;
import java.util.Objects;

/**
 * A boot that has come to its end.
 *
 * @param state running, degraded or maintenance
 * @param duration the guest's own figure: from the start of its PID 1 until its start jobs were done; zero where the
 *     boot ended without it, as in maintenance
 */
public record Boot(SystemState state, Duration duration) {

    /** Refuses nulls, and states in which the boot still goes on. */
    public Boot {
        Objects.requireNonNull(duration, "duration");
        if (!state.hasFinishedBooting()) {
            throw new IllegalArgumentException("Not the end of a boot: " + state);
        }
    }
}
