package io.github.incusstemcell.container;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.MemberLostException;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.BootTimeoutException;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.UnusableGuestException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A boot that is under way, from the start of the container to the moment at which systemd calls it finished. A guest that has powered off,
 * as this JVM or the daemon was halted and so did not hold it in time, is booted again.
 */
record Booting(DeadMansSwitch deadMansSwitch, Systemd systemd, StemcellImage image) {

    private static final Logger LOG = LoggerFactory.getLogger(Booting.class);

    /** What a guest says that nobody holds, in {@link io.github.incusstemcell.stemcell.OverlayPart#SWITCH}. */
    private static final String NOT_HELD = "incus-stemcell-switch: powering off, as no JVM holds this container";

    /** So many boots in a row may be ended so. */
    private static final int BOOTS = 3;

    /** Until the daemon says of an instance whose processes have ended that it is stopped. */
    private static final Duration STOP = Duration.ofSeconds(10);

    private static final int SERVER_ERROR = 500;

    /** How much of the console a message repeats, in characters. */
    private static final int CONSOLE = 500;

    /**
     * Waits until systemd has finished booting, in a guest that knows that it is held. {@code degraded} is booted, too: what failed is for
     * the test to judge.
     *
     * @param deadline of it all, which began with the start of the container
     * @throws StartupTimeoutException if it takes longer
     * @throws IncusStemcellException if it never will, as the guest has no systemd, or has ended
     */
    void await(Deadline deadline) {
        awaitBoot(deadline, BOOTS);
    }

    private void awaitBoot(Deadline deadline, int boots) {
        Duration timeout = deadline.span();
        try {
            systemd.waitUntilBooted(deadline.left());
            deadMansSwitch.awaitHold();
        } catch (BootTimeoutException e) {
            requireMember(e);
            if (hasEnded(e, Duration.ZERO)) {
                awaitAnother(timeout, boots, e);
            } else {
                throw late(timeout, e);
            }
        } catch (UnusableGuestException e) {
            throw new IncusStemcellException(
                    "The container '" + instance() + "' of " + image + " does not boot: " + e.getMessage()
                            + ". Take an image of a system that boots by systemd and has a shell, as stemcells do",
                    e);
        } catch (IncusStemcellException e) {
            if (!hasEnded(e, STOP)) {
                throw e;
            }
            awaitAnother(timeout, boots, e);
        }
    }

    /** Of a guest that has ended: it is booted again only where it says that it was not held. */
    private void awaitAnother(Duration timeout, int boots, IncusStemcellException failure) {
        String console = console(failure);
        if (boots == 1 || !console.contains(NOT_HELD)) {
            throw ended(console, failure);
        }
        LOG.warn(
                "{} was not held in time and has powered off, so it is booted again: {}",
                instance(),
                failure.getMessage());
        long again = System.nanoTime();
        instance().start();
        deadMansSwitch.arm(again);
        awaitBoot(Deadline.in(timeout), boots - 1);
    }

    private StartupTimeoutException late(Duration timeout, BootTimeoutException failure) {
        return new StartupTimeoutException(
                "The container '" + instance() + "' of " + image + " did not finish booting within "
                        + DurationText.of(timeout) + ": " + failure.doing()
                        + ". Allow it more time with startupTimeout, or keep it with cleanup ="
                        + " ON_SUCCESS to look inside",
                failure);
    }

    /** What ends with a member of a cluster ends as what nobody answers; whether it is that, a question to the member tells. */
    private void requireMember(BootTimeoutException failure) {
        try {
            instance().state();
        } catch (MemberLostException e) {
            e.addSuppressed(failure);
            throw e;
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
        }
    }

    private Instance instance() {
        return deadMansSwitch.instance();
    }

    /** It is asked for nothing but the words of an error; what goes wrong then is told beside that. */
    private boolean hasEnded(IncusStemcellException failure, Duration patience) {
        Deadline deadline = Deadline.in(patience);
        try {
            do {
                if (instance().state().status().equals("Stopped")) {
                    return true;
                }
            } while (deadline.pause());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private IncusStemcellException ended(String console, IncusStemcellException failure) {
        String lastWords = console.isEmpty()
                ? "It wrote nothing to its console"
                : "The end of its console: "
                        + GuestText.escaped(console.substring(Math.max(0, console.length() - CONSOLE)));
        return new IncusStemcellException(
                "The container '" + instance() + "' of " + image
                        + " was started, and its PID 1, /sbin/init, has ended before systemd had booted. " + lastWords,
                failure);
    }

    /**
     * Empty, too, where it cannot be read, which is told beside the failure. While the daemon has not seen the end of a stop, it asks a process
     * for it that is gone.
     */
    private String console(IncusStemcellException failure) {
        Deadline deadline = Deadline.in(STOP);
        try {
            while (true) {
                try {
                    return instance().consoleLog().strip();
                } catch (IncusException e) {
                    if (e.code() != SERVER_ERROR || !deadline.pause()) {
                        throw e;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
            return "";
        }
    }
}
