package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import java.io.IOException;
import java.time.Duration;

/**
 * The way into a guest's service manager: one exec of {@code systemd-stdio-bridge}, which carries D-Bus over its stdin and
 * stdout.
 *
 * <p>It leads to the manager's own socket, which is there before the first unit starts and needs no bus daemon, or, where
 * that socket is gone, to the bus daemon. The exec itself waits inside the guest until one of the two exists, because right
 * after a container's start neither does.
 */
final class Bridge {

    /** The guest has no {@code systemd-stdio-bridge}. */
    static final class MissingException extends SystemdException {
        MissingException(String message) {
            super(message);
        }
    }

    /**
     * $1 manager's socket, $2 bus daemon's socket, $3 for how many hundredths of a second to look for them. The first line tells what
     * follows: "bus manager", "bus daemon", "missing bridge" or "missing socket".
     */
    private static final String SCRIPT = """
            command -v systemd-stdio-bridge >/dev/null 2>&1 || { echo missing bridge; exit 0; }
            now() { read -r up idle </proc/uptime; now=$((${up%.*} * 100 + 1${up#*.} - 100)); }
            now
            end=$((now + $3))
            while [ "$now" -lt "$end" ]; do
              [ -S "$1" ] && { echo bus manager; exec systemd-stdio-bridge -p "unix:path=$1"; }
              [ -S "$2" ] && { echo bus daemon; exec systemd-stdio-bridge -p "unix:path=$2"; }
              sleep 0.01
              now
            done
            echo missing socket
            """;

    static final String VIA_DAEMON = "bus daemon";

    /** It is the guest that says what is missing, so it gets the time to say it. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Instance instance;
    private final Scope scope;

    Bridge(Instance instance, Scope scope) {
        this.instance = instance;
        this.scope = scope;
    }

    String peer() {
        return scope.on(instance.name());
    }

    /**
     * Opens a connection on which D-Bus can be spoken, that is, behind the handshake.
     *
     * @throws MissingException where the guest has no bridge
     */
    BusConnection open(Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        String managerSocket = scope.managerSocket();
        BusConnection.ClosedException last = null;
        while (true) {
            BusConnection connection = start(managerSocket, deadline.left());
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

    private SystemdException refusal(String greeting, Duration timeout) {
        if (greeting.equals("missing bridge")) {
            return new MissingException("There is no systemd-stdio-bridge in " + instance.name());
        }
        return new SystemdException("Nothing to connect to in " + instance.name() + ": neither " + scope.managerSocket()
                + " nor " + scope.daemonSocket() + " came to be within " + Spans.text(timeout)
                + "; is systemd its PID 1?");
    }

    private BusConnection start(String managerSocket, Duration left) {
        String hundredths = Long.toString(Math.max(1, left.toMillis() / 10));
        RunningCommand exec =
                instance.start(Command.of("sh", "-c", SCRIPT, "sh", managerSocket, scope.daemonSocket(), hundredths));
        return new BusConnection(peer(), exec.stdout(), exec.stdin(), () -> end(exec));
    }

    /** The bridge ends with its stdin; closing the exec at once would have it hunt for what need not be hunted. */
    private static void end(RunningCommand exec) throws IOException {
        try (exec) {
            exec.stdin().close();
            exec.waitFor(Duration.ofSeconds(1));
        }
    }
}
