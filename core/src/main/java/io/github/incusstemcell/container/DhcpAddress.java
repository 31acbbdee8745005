package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import java.net.Inet4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The address that a guest asks for itself, where we may not give it one. */
record DhcpAddress(Instance instance) {

    /**
     * Waits, in the guest, until systemd-networkd has an IPv4 address for {@code eth0}.
     *
     * @param timeout how long the whole start may take
     * @param begin since when
     * @throws StartupTimeoutException if it takes longer
     */
    Inet4Address await(Duration timeout, Instant begin) {
        // Whole seconds, and 0 would mean for ever.
        long seconds = Math.max(1, Booting.remaining(timeout, begin).toSeconds());
        ExecResult wait = instance.exec(Command.of(
                "/usr/lib/systemd/systemd-networkd-wait-online", "--interface=eth0", "--ipv4", "--timeout=" + seconds));
        return find().orElseThrow(() -> new StartupTimeoutException(
                "The container '" + instance.name() + "' has no IPv4 address on eth0 after "
                        + Booting.seconds(timeout) + ": systemd-networkd-wait-online ended with exit code "
                        + wait.exitCode() + " and said: "
                        + wait.stderr().strip()
                        + ". Look at what DHCP the network offers, or allow raw.lxc in the project"
                        + " (restricted.containers.lowlevel=allow), which needs no DHCP",
                null));
    }

    private Optional<Inet4Address> find() {
        return instance.state().ipv4().map(Subnet::address);
    }
}
