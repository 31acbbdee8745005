package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.Optional;
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

    static final String NO_IPV6 = "has no IPv6 address. Set incus.stemcell.network.ipv6=true for one";

    static GuestAddress of(Inet4Address ipv4) {
        return new GuestAddress(Optional.of(ipv4), "", () -> true, Optional.empty(), NO_IPV6);
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
