package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * The IPv4 address of a guest's {@code eth0}, or why it has none.
 *
 * @param ipv4 the address
 * @param whyNone where there is none: what a sentence ends with that begins with the container's name
 */
record GuestAddress(Optional<Inet4Address> ipv4, String whyNone) {

    static GuestAddress of(Inet4Address ipv4) {
        return new GuestAddress(Optional.of(ipv4), "");
    }

    static GuestAddress none(String why) {
        return new GuestAddress(Optional.empty(), why);
    }

    Inet4Address require(String container) {
        return ipv4.orElseThrow(() -> new IncusStemcellException("The container '" + container + "' " + whyNone));
    }

    @Override
    public String toString() {
        return ipv4.map(Inet4Address::getHostAddress).orElse("no address");
    }
}
