package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * IPv6 for networks that this library makes: a ULA of RFC 4193. Its global id is of the daemon, its subnet of the network's IPv4, so that
 * all processes choose the same for one network, and different ones for different networks.
 */
final class UniqueLocalAddress {

    private static final Path KERNEL = Path.of("/proc/sys/net/ipv6");

    private static final Map<String, String> NONE = Map.of("ipv6.address", "none");

    private UniqueLocalAddress() {}

    /**
     * The options of a network, with IPv6 or without. Nothing is routed: for that Incus would make a router of the whole machine.
     *
     * @throws IncusStemcellException if it is wanted, and this machine, as that of the daemon, has none
     */
    static Map<String, String> options(Incus incus, Subnet ipv4, boolean wanted) {
        if (!wanted) {
            return NONE;
        }
        if (incus.endpoint() instanceof Endpoint.UnixSocket
                && Files.exists(Path.of("/proc"))
                && !Files.exists(KERNEL)) {
            throw new IncusStemcellException(
                    "incus.stemcell.network.ipv6 asks for a network with IPv6, but the kernel of this"
                            + " machine has none: there is no " + KERNEL
                            + ". Boot it without ipv6.disable=1, or leave that setting out");
        }
        return Map.of(
                "ipv6.address", of(incus.server().certificateFingerprint(), ipv4),
                "ipv6.routing", "false",
                // Where the machine's kernel asks its firewall about bridged packets, Incus would reject those between
                // guests, too.
                "ipv6.firewall", "false",
                "ipv6.dhcp", "false");
    }

    static String of(String fingerprint, Subnet ipv4) {
        return "fd" + fingerprint.substring(0, 2) + ":" + fingerprint.substring(2, 6) + ":"
                + fingerprint.substring(6, 10) + ":" + Integer.toHexString(ipv4.address() >>> 8 & 0xffff) + "::1/64";
    }
}
