package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import java.net.Inet4Address;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The address that a guest asks for itself, where we may not give it one. */
record DhcpAddress(Instance instance) {

    private static final int NO_SUCH_PROGRAM = 127;
    private static final long LOOK_AGAIN = 100;

    /**
     * Waits, in the guest, until systemd-networkd has an IPv4 address for {@code eth0}; without systemd-networkd, until there is one.
     *
     * @param deadline of the whole start
     * @throws StartupTimeoutException if it takes longer
     */
    Inet4Address await(Deadline deadline) {
        // Whole seconds, and 0 would mean for ever.
        long seconds = Math.max(1, deadline.left().toSeconds());
        ExecResult wait = instance.exec(Command.of(
                "/usr/lib/systemd/systemd-networkd-wait-online", "--interface=eth0", "--ipv4", "--timeout=" + seconds));
        return findUntilEnd(deadline)
                .orElseThrow(() -> new StartupTimeoutException(
                        "The container '" + instance.name() + "' has no IPv4 address on eth0 after "
                                + DurationText.of(deadline.span()) + ": " + why(wait)
                                + ". Look at what DHCP the network offers, or allow raw.lxc in the project"
                                + " (restricted.containers.lowlevel=allow), which needs no DHCP",
                        null));
    }

    private static String why(ExecResult wait) {
        return wait.exitCode() == NO_SUCH_PROGRAM
                ? "it has no systemd-networkd-wait-online, so something else than systemd-networkd would have to ask for one"
                : "systemd-networkd-wait-online ended with exit code " + wait.exitCode() + " and said: "
                        + wait.stderr().strip();
    }

    /** Something else than systemd-networkd may ask, of which neither it nor Incus tells when it is done. */
    private Optional<Inet4Address> findUntilEnd(Deadline deadline) {
        Optional<Inet4Address> found = find();
        while (found.isEmpty() && !deadline.isOver()) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                throw Waiting.interrupted("waiting for the IPv4 address of '" + instance.name() + "'", e);
            }
            found = find();
        }
        return found;
    }

    private Optional<Inet4Address> find() {
        return instance.state().ipv4().map(Subnet::address);
    }
}
