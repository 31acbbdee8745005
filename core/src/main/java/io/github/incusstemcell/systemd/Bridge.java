package io.github.incusstemcell.systemd;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into a guest's service manager: one exec of {@code systemd-stdio-bridge}, which carries D-Bus over its stdin and
 * stdout.
 *
 * <p>It leads to the manager's own socket, which is there before the first unit starts and needs no bus daemon, or, where
 * that socket is gone, to the bus daemon. The exec itself waits inside the guest until one of the two exists, because right
 * after a container's start neither does.
 */
record Bridge(Instance instance, Scope scope) {

    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

    /** The guest has no {@code systemd-stdio-bridge}. */
    static final class MissingException extends SystemdException {
        MissingException(String message) {
            super(message);
        }
    }

    /**
     * $1 manager's socket, $2 bus daemon's socket, $3 for how many hundredths of a second to look for them. The first line tells what
     * follows: "bus manager", "bus daemon", "missing bridge", or with what PID 1 is "missing systemd" or "missing socket". It is "missing guest" where PID 1 is none that
     * LXC has started: while it stops an instance, Incus 6.0.4 runs commands outside of it.
     */
    private static final String SCRIPT = """
            pid1() { readlink /proc/1/exe 2>/dev/null || cat /proc/1/comm; }
            has() { command -v "$1" >/dev/null 2>&1; }
            guest() { read -r all </proc/1/environ; case $all in *container=*) true;; *) false;; esac; }
            has systemd-stdio-bridge || has systemctl || guest 2>/dev/null || { echo missing guest; exit 0; }
            has systemd-stdio-bridge || has systemctl || { echo "missing systemd $(pid1)"; exit 0; }
            has systemd-stdio-bridge || { echo missing bridge; exit 0; }
            now() { read -r up idle </proc/uptime; now=$((${up%.*} * 100 + 1${up#*.} - 100)); }
            now
            end=$((now + $3))
            while [ "$now" -lt "$end" ]; do
              [ -S "$1" ] && { echo bus manager; exec systemd-stdio-bridge -p "unix:path=$1"; }
              [ -S "$2" ] && { echo bus daemon; exec systemd-stdio-bridge -p "unix:path=$2"; }
              sleep 0.05
              now
            done
            echo "missing socket $(pid1)"
            """;

    /** The shell is not there (POSIX, "Exit Status for Commands"), rather than what it runs: the script itself never ends so. */
    private static final int NOT_FOUND = 127;

    private static final String NO_SYSTEMD = "missing systemd ";

    static final String VIA_DAEMON = "bus daemon";

    /** It is the guest that says what is missing, so it gets the time to say it. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    String peer() {
        return scope.on(instance.name());
    }

    /**
     * Opens a connection on which D-Bus can be spoken, that is, behind the handshake.
     *
     * @throws MissingException where the guest has no bridge
     * @throws UnusableGuestException where it has no systemd at all, or no shell
     */
    BusConnection open(Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        String managerSocket = scope.managerSocket();
        BusConnection.ClosedException last = null;
        while (true) {
            RunningCommand exec = start(managerSocket, deadline.left());
            BusConnection connection = new BusConnection(peer(), exec.stdout(), exec.stdin(), () -> end(exec));
            try {
                String greeting = connection.greeting(deadline.left().plus(GRACE));
                if (greeting.startsWith("bus")) {
                    if (greeting.equals(VIA_DAEMON)) {
                        BusManager.enterBus(connection, deadline.left());
                    }
                    return connection;
                }
                connection.close();
                throw refusal(greeting, timeout);
            } catch (BusConnection.ClosedException e) {
                requireShell(exec);
                // The socket was there and nobody listened: too early, too late, or for ever. Try the other one, too.
                if (deadline.isOver()) {
                    throw e;
                }
                last = e;
                managerSocket = managerSocket.isEmpty() ? scope.managerSocket() : "";
            } catch (RuntimeException e) {
                connection.abandon();
                throw last != null && deadline.isOver() ? last : e;
            }
        }
    }

    /** By the exit code alone: of a shell that is not there nothing is printed. */
    private void requireShell(RunningCommand exec) {
        try {
            // An instance that is gone, or reboots, is found out by the next attempt.
            if (Waiting.on(exec.onExit().exceptionally(gone -> 0), GRACE) == NOT_FOUND) {
                throw new UnusableGuestException("There is no sh in " + instance.name()
                        + ", by which this library asks a guest whether it has booted");
            }
        } catch (TimeoutException e) {
            LOG.debug("What was to lead to systemd of {} has closed its output, and runs still", peer());
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("connecting to systemd of " + peer(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("No failure gets here", e);
        }
    }

    private SystemdException refusal(String greeting, Duration timeout) {
        if (greeting.equals("missing bridge")) {
            return new MissingException("There is no systemd-stdio-bridge in " + instance.name());
        }
        if (greeting.equals("missing guest")) {
            return new SystemdException("There is no way to a systemd in " + instance.name()
                    + ": the instance was stopped as it was asked for, and Incus asked outside of it");
        }
        if (greeting.startsWith(NO_SYSTEMD)) {
            return new UnusableGuestException("There is no way to a systemd in " + instance.name()
                    + ": neither systemd-stdio-bridge nor systemctl is there, and its PID 1 is "
                    + GuestText.escaped(greeting.substring(NO_SYSTEMD.length())));
        }
        return new SystemdException("Nothing to connect to in " + instance.name() + ": neither " + scope.managerSocket()
                + " nor " + scope.daemonSocket() + " came to be within " + DurationText.of(timeout)
                + "; its PID 1 is " + GuestText.escaped(greeting.replaceFirst("^missing socket ?", "")));
    }

    private RunningCommand start(String managerSocket, Duration left) {
        // Never fewer than are left: by what clock the guest counts, the first has passed in part.
        String hundredths = Long.toString(left.toMillis() / 10 + 2);
        return instance.start(Command.of("sh", "-c", SCRIPT, "sh", managerSocket, scope.daemonSocket(), hundredths));
    }

    /** The bridge ends with its stdin; closing the exec at once would have it hunt for what need not be hunted. */
    private static void end(RunningCommand exec) throws IOException {
        try (exec) {
            exec.stdin().close();
            exec.waitFor(Duration.ofSeconds(1));
        }
    }
}
