package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.BootTimeoutException;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Duration;
import java.time.Instant;

/** A boot that is under way, from the start of the container to the moment at which systemd calls it finished. */
record Booting(Instance instance, Systemd systemd, StemcellImage image) {

    /**
     * Waits until systemd has finished booting. {@code degraded} is booted, too: what failed is for the test to judge.
     *
     * @param timeout how long it all may take
     * @param begin since when
     * @throws StartupTimeoutException if it takes longer
     */
    void await(Duration timeout, Instant begin) {
        try {
            systemd.waitUntilBooted(remaining(timeout, begin));
        } catch (BootTimeoutException e) {
            throw new StartupTimeoutException(
                    "The container '" + instance.name() + "' of " + image + " did not finish booting within "
                            + seconds(timeout) + ": " + e.getMessage()
                            + ". Allow it more time with startupTimeout, or keep it with cleanup ="
                            + " ON_SUCCESS to look inside",
                    e);
        }
    }

    /** What is left of a timeout, never less than nothing. */
    static Duration remaining(Duration timeout, Instant begin) {
        Duration remaining = timeout.minus(Duration.between(begin, Instant.now()));
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    /** A duration as a person reads it. */
    static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }
}
