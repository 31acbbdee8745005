package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The addresses of a guest's {@code eth0}, or why it has none.
 *
 * @param ipv4 the address
 * @param whyNone where there is none: what a sentence ends with that begins with the container's name
 * @param routable whether this JVM can connect to it, which may take a moment to find out
 * @param ipv6 that of IPv6
 * @param whyNoIpv6 likewise
 */
record GuestAddress(
        Optional<Inet4Address> ipv4,
        String whyNone,
        BooleanSupplier routable,
        Optional<GuestIpv6> ipv6,
        String whyNoIpv6) {

    private static final int NO_SUCH_PROGRAM = 127;
    private static final long LOOK_AGAIN = 100;

    static final String NO_IPV6 = "has no IPv6 address. Set incus.stemcell.network.ipv6=true for one";

    static GuestAddress of(Inet4Address ipv4) {
        return new GuestAddress(Optional.of(ipv4), "", () -> true, Optional.empty(), NO_IPV6);
    }

    /**
     * The address that a guest asks for itself, where we may not give it one. Waits, in the guest, until systemd-networkd has an IPv4 address
     * for {@code eth0}; without systemd-networkd, until there is one.
     *
     * @param deadline of the whole start
     * @throws StartupTimeoutException if it takes longer
     */
    static GuestAddress byDhcp(Instance instance, Deadline deadline) {
        // Whole seconds, and 0 would mean for ever.
        long seconds = Math.max(1, deadline.left().toSeconds());
        ExecResult wait = instance.exec(Command.of(
                "/usr/lib/systemd/systemd-networkd-wait-online", "--interface=eth0", "--ipv4", "--timeout=" + seconds));
        return findUntilEnd(instance, deadline)
                .map(GuestAddress::of)
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
    private static Optional<Inet4Address> findUntilEnd(Instance instance, Deadline deadline) {
        Optional<Inet4Address> found = find(instance);
        while (found.isEmpty() && !deadline.isOver()) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                throw Waiting.interrupted("waiting for the IPv4 address of '" + instance.name() + "'", e);
            }
            found = find(instance);
        }
        return found;
    }

    private static Optional<Inet4Address> find(Instance instance) {
        return instance.state().ipv4().map(Subnet::address);
    }

    static GuestAddress none(String why) {
        return new GuestAddress(Optional.empty(), why, () -> false, Optional.empty(), why);
    }

    /** The same, found routable or not by the routes of its network. */
    GuestAddress by(GuestRoutes routes, Instance instance) {
        return ipv4.map(address ->
                        new GuestAddress(ipv4, whyNone, () -> routes.leadTo(instance, address), ipv6, whyNoIpv6))
                .orElse(this);
    }

    boolean isRoutable() {
        return routable.getAsBoolean();
    }

    GuestAddress with(GuestIpv6 address) {
        return new GuestAddress(ipv4, whyNone, routable, Optional.of(address), "");
    }

    GuestAddress withoutIpv6(String why) {
        return new GuestAddress(ipv4, whyNone, routable, Optional.empty(), why);
    }

    /** Has the guest use what it does not have by its boot. */
    void bringUp(Instance instance) {
        ipv6.ifPresent(address -> address.bringUp(instance));
    }

    Inet6Address requireIpv6(String container) {
        return ipv6.map(GuestIpv6::address)
                .orElseThrow(() -> new IncusStemcellException("The container '" + container + "' " + whyNoIpv6));
    }

    Inet4Address require(String container) {
        return ipv4.orElseThrow(() -> new IncusStemcellException("The container '" + container + "' " + whyNone));
    }

    @Override
    public String toString() {
        return ipv4.map(Inet4Address::getHostAddress).orElse("no address");
    }
}
