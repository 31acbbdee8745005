package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.NetworkInfo;
import io.github.incusstemcell.incus.Networks;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * How containers hang on one Incus network: the NIC they get, and the address that they have before PID 1 runs.
 *
 * <p>Where the project allows {@code raw.lxc} and the network is a bridge with an IPv4 subnet, we choose the address and LXC
 * sets it up before it starts init: nothing in the guest has to run for it. Elsewhere the guest asks by DHCP.
 *
 * <p>Addresses are drawn by chance from the part of the subnet that DHCP does not give away. Other processes draw from it
 * too; Incus refuses to start a second container with an address, and the launcher then draws again.
 */
final class Attachment {

    /** Read by the overlay's template for systemd-networkd: on a network without DHCP it would wait for ever otherwise. */
    private static final String ADDRESS = Lease.PREFIX + "address";

    private static final String GATEWAY = Lease.PREFIX + "gateway";

    private final Incus incus;
    private final NetworkInfo network;
    private final Optional<Subnet> subnet;
    private final boolean fixed;
    private final Set<String> given = ConcurrentHashMap.newKeySet();

    /**
     * @param lowLevel whether instances may set {@code raw.lxc}
     */
    Attachment(Incus incus, NetworkInfo network, boolean lowLevel) {
        this.incus = incus;
        this.network = network;
        this.subnet = Optional.ofNullable(network.config().get("ipv4.address"))
                .filter(address -> address.contains("/"))
                .map(Subnet::parse);
        this.fixed = lowLevel && network.isManaged() && network.type().equals("bridge") && subnet.isPresent();
    }

    /** The network that a user named; it has to exist. */
    static NetworkInfo require(Incus incus, String name) {
        return incus.networks()
                .find(name)
                .orElseThrow(() -> new IncusStemcellException("The network '" + name + "' does not exist on "
                        + incus.endpoint() + ", which has: "
                        + String.join(
                                ", ",
                                incus.networks().list().stream()
                                        .filter(NetworkInfo::isManaged)
                                        .map(NetworkInfo::name)
                                        .toList())
                        + ". Name one of these, or create it with: incus network create " + name
                        + " ipv4.address=10.78.0.1/24 ipv6.address=none"));
    }

    /** An address for a new container, kept until it is {@linkplain #release released}; empty where DHCP gives it. */
    Optional<Inet4Address> take() {
        if (!fixed) {
            return Optional.empty();
        }
        Set<String> leased = leased();
        int room = subnet.get().size() / 2 - 2;
        for (int attempt = 0; attempt < 10 * room; attempt++) {
            Inet4Address address =
                    subnet.get().at(2 + ThreadLocalRandom.current().nextInt(room));
            String text = address.getHostAddress();
            if (!address.equals(subnet.get().ownAddress()) && !leased.contains(text) && given.add(text)) {
                return Optional.of(address);
            }
        }
        throw new IncusStemcellException("No address is free for a container in the lower half of " + subnet.get()
                + ", the subnet of the network '" + network.name() + "' on " + incus.endpoint() + ": " + given.size()
                + " are in use by this process. Name a larger network with incus.stemcell.network");
    }

    void release(Inet4Address address) {
        given.remove(address.getHostAddress());
    }

    /** Our own network keeps DHCP out of the lower half; about another one only its leases tell. */
    private Set<String> leased() {
        if (network.config().containsKey("ipv4.dhcp.ranges")) {
            return Set.of();
        }
        return incus.networks().leases(network.name()).stream()
                .map(Networks.Lease::address)
                .collect(Collectors.toSet());
    }

    /** The device {@code eth0}. */
    Map<String, String> nic(Optional<Inet4Address> address) {
        Map<String, String> nic = new LinkedHashMap<>();
        nic.put("type", "nic");
        nic.put("name", "eth0");
        if (network.isManaged()) {
            nic.put("network", network.name());
        } else {
            nic.put("nictype", "bridged");
            nic.put("parent", network.name());
        }
        address.ifPresent(given -> nic.put("ipv4.address", given.getHostAddress()));
        return nic;
    }

    /** The instance options that go with the NIC. */
    Map<String, String> config(Optional<Inet4Address> address) {
        return address.map(this::preset).orElse(Map.of());
    }

    /** The index in the keys is that of the first NIC, whatever it is called (lxc.container.conf(5)). */
    private Map<String, String> preset(Inet4Address address) {
        String cidr = address.getHostAddress() + "/" + subnet.get().prefix();
        String gateway = subnet.get().ownAddress().getHostAddress();
        return Map.of(
                "raw.lxc",
                "lxc.net.0.ipv4.address = " + cidr + "\nlxc.net.0.ipv4.gateway = " + gateway + "\n",
                ADDRESS,
                cidr,
                GATEWAY,
                gateway);
    }
}
