package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import java.net.Inet4Address;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The IPv4 address of a guest's {@code eth0}, or why it has none.
 *
 * @param ipv4 the address
 * @param whyNone where there is none: what a sentence ends with that begins with the container's name
 * @param routable whether this JVM can connect to it, which may take a moment to find out
 */
record GuestAddress(Optional<Inet4Address> ipv4, String whyNone, BooleanSupplier routable) {

    static GuestAddress of(Inet4Address ipv4) {
        return new GuestAddress(Optional.of(ipv4), "", () -> true);
    }

    static GuestAddress none(String why) {
        return new GuestAddress(Optional.empty(), why, () -> false);
    }

    /** The same, found routable or not by the routes of its network. */
    GuestAddress by(GuestRoutes routes, Instance instance) {
        return ipv4.map(address -> new GuestAddress(ipv4, whyNone, () -> routes.leadTo(instance, address)))
                .orElse(this);
    }

    boolean isRoutable() {
        return routable.getAsBoolean();
    }

    Inet4Address require(String container) {
        return ipv4.orElseThrow(() -> new IncusStemcellException("The container '" + container + "' " + whyNone));
    }

    @Override
    public String toString() {
        return ipv4.map(Inet4Address::getHostAddress).orElse("no address");
    }
}
