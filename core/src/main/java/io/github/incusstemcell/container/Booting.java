package io.github.incusstemcell.container;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.BootTimeoutException;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.UnusableGuestException;
import java.time.Duration;
import java.time.Instant;

/** A boot that is under way, from the start of the container to the moment at which systemd calls it finished. */
record Booting(Instance instance, Systemd systemd, StemcellImage image) {

    /** How much of the console a message repeats, in characters. */
    private static final int CONSOLE = 500;

    /**
     * Waits until systemd has finished booting. {@code degraded} is booted, too: what failed is for the test to judge.
     *
     * @param timeout how long it all may take
     * @param begin since when
     * @throws StartupTimeoutException if it takes longer
     * @throws IncusStemcellException if it never will, as the guest has no systemd, or has ended
     */
    void await(Duration timeout, Instant begin) {
        try {
            systemd.waitUntilBooted(remaining(timeout, begin));
        } catch (BootTimeoutException e) {
            throw new StartupTimeoutException(
                    "The container '" + instance.name() + "' of " + image + " did not finish booting within "
                            + DurationText.of(timeout) + ": " + e.doing()
                            + ". Allow it more time with startupTimeout, or keep it with cleanup ="
                            + " ON_SUCCESS to look inside",
                    e);
        } catch (UnusableGuestException e) {
            throw new IncusStemcellException(
                    "The container '" + instance.name() + "' of " + image + " does not boot: " + e.getMessage()
                            + ". Take an image of a system that boots by systemd and has a shell, as stemcells do",
                    e);
        } catch (IncusStemcellException e) {
            throw hasEnded(e) ? ended(e) : e;
        }
    }

    /** It is asked for nothing but the words of an error; what goes wrong then is told beside that. */
    private boolean hasEnded(IncusStemcellException failure) {
        try {
            return instance.state().status().equals("Stopped");
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private IncusStemcellException ended(IncusStemcellException failure) {
        return new IncusStemcellException(
                "The container '" + instance.name() + "' of " + image
                        + " was started, and its PID 1, /sbin/init, has ended before systemd had booted. "
                        + lastWords(failure),
                failure);
    }

    private String lastWords(IncusStemcellException failure) {
        try {
            String console = instance.consoleLog().strip();
            return console.isEmpty()
                    ? "It wrote nothing to its console"
                    : "The end of its console: "
                            + GuestText.escaped(console.substring(Math.max(0, console.length() - CONSOLE)));
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
            return "Its console cannot be read: " + e.getMessage();
        }
    }

    /** What is left of a timeout, never less than nothing. */
    static Duration remaining(Duration timeout, Instant begin) {
        Duration remaining = timeout.minus(Duration.between(begin, Instant.now()));
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
