package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.AgentSettings;
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
 * too; Incus refuses to start a second container with an address, and the launcher then draws again. On a bridge without DHCP Incus
 * keeps no such book, so nothing is drawn there: the test has to choose.
 */
final class NetworkAttachment {

    /** Read by the overlay's template for systemd-networkd: on a network without DHCP it would wait for ever otherwise. */
    private static final String ADDRESS = Lease.PREFIX + "address";

    private static final String GATEWAY = Lease.PREFIX + "gateway";

    /** Where it is set, the other addresses are nobody's. */
    private static final String RANGES = "ipv4.dhcp.ranges";

    private final Incus incus;
    private final NetworkInfo network;
    private final Optional<Subnet> subnet;
    private final boolean lowLevel;
    private final boolean ipv6;
    private final boolean dhcp;
    private final GuestRoutes routes;
    private final Map<String, String> given = new ConcurrentHashMap<>();

    /**
     * @param lowLevel whether instances may set {@code raw.lxc}
     * @param ipv6 whether guests are to have an IPv6 address, too
     */
    NetworkAttachment(Incus incus, NetworkInfo network, boolean lowLevel, boolean ipv6) {
        this.incus = incus;
        this.network = network;
        this.subnet = isOurBridge()
                ? ownAddress().filter(address -> address.contains("/")).map(Subnet::parse)
                : Optional.empty();
        this.lowLevel = lowLevel;
        this.ipv6 = ipv6;
        this.dhcp = !"false".equals(network.config().get("ipv4.dhcp"));
        this.routes = new GuestRoutes(incus, network, subnet);
    }

    GuestRoutes routes() {
        return routes;
    }

    /** The name of the network. */
    String network() {
        return network.name();
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

    /** A bridge that Incus has set up: of any other network we do not know which addresses are free. */
    private boolean isOurBridge() {
        return network.isManaged() && network.type().equals("bridge");
    }

    /** Who is confined to a project is not shown how a network is configured, but which address it has. */
    private Optional<String> ownAddress() {
        return Optional.ofNullable(network.config().get("ipv4.address"))
                .or(() -> incus.networks().addresses(network.name()).stream()
                        .filter(address -> !address.contains(":"))
                        .findFirst());
    }

    /** Finds out whether a guest can have an address of its own choice; other containers may still be in the way. */
    void check(Inet4Address wanted) {
        String place = "the address " + wanted.getHostAddress() + " on the network '" + network.name() + "' of "
                + incus.endpoint();
        if (subnet.isEmpty()) {
            throw new IncusStemcellException("No container can be given " + place + ", which is "
                    + (isOurBridge() ? "a bridge without IPv4" : "no bridge that Incus manages")
                    + ". Leave the address out, or name with network = \"...\" a bridge that has an IPv4 subnet");
        }
        if (!subnet.get().hasRoomFor(wanted)) {
            throw new IncusStemcellException("No container can be given " + place + ", since that network's subnet is "
                    + subnet.get() + ". Choose an address between "
                    + subnet.get().at(1).getHostAddress() + " and "
                    + subnet.get().at(subnet.get().size() - 2).getHostAddress() + " other than the gateway's, "
                    + subnet.get().ownAddress().getHostAddress()
                    + ", or name another network with network = \"...\"");
        }
        if (!lowLevel && !dhcp) {
            throw new IncusStemcellException("No container can be given " + place + ", which has no DHCP, while the"
                    + " project '" + incus.project() + "' forbids raw.lxc. Allow that with"
                    + " restricted.containers.lowlevel=allow, or switch ipv4.dhcp of the network on");
        }
    }

    /**
     * An address for a new container, kept until it is {@linkplain #release released}; empty where DHCP gives it, or where none is to be had.
     *
     * @param wanted the one that it shall have, or empty to draw one
     * @param user who gets it, for those who want the same
     */
    Optional<Inet4Address> take(Optional<Inet4Address> wanted, String user) {
        if (wanted.isPresent()) {
            claim(wanted.get(), user);
            return wanted;
        }
        return subnet.isPresent() && lowLevel && dhcp && showsLeases()
                ? Optional.of(draw(subnet.get(), user))
                : Optional.empty();
    }

    /** All members of a cluster are asked for the leases of a network, and where one is away, nobody is told any. */
    private boolean showsLeases() {
        return network.locations().isEmpty() || network.config().containsKey(RANGES);
    }

    private void claim(Inet4Address wanted, String user) {
        String other = given.putIfAbsent(wanted.getHostAddress(), user);
        if (other != null) {
            throw new IncusStemcellException("The address " + wanted.getHostAddress() + " cannot be given to " + user
                    + ": " + other + " has it. Give each its own; or, if tests run in parallel that want the same, run"
                    + " them one after the other with @Execution(SAME_THREAD) or @ResourceLock");
        }
    }

    private Inet4Address draw(Subnet from, String user) {
        Set<String> leased = leased();
        int room = from.size() / 2 - 2;
        int first = ThreadLocalRandom.current().nextInt(room);
        for (int i = 0; i < room; i++) {
            Inet4Address address = from.at(2 + (first + i) % room);
            String text = address.getHostAddress();
            if (!address.equals(from.ownAddress()) && !leased.contains(text) && given.putIfAbsent(text, user) == null) {
                return address;
            }
        }
        throw new IncusStemcellException("No address is free for a container in the lower half of " + from
                + ", the subnet of the network '" + network.name() + "' on " + incus.endpoint() + ": " + given.size()
                + " are in use by this process. Name a larger network with incus.stemcell.network");
    }

    void release(Inet4Address address) {
        given.remove(address.getHostAddress());
    }

    /** Our own network keeps DHCP out of the lower half; about another one only its leases tell. */
    private Set<String> leased() {
        if (network.config().containsKey(RANGES)) {
            return Set.of();
        }
        return incus.networks().leases(network.name()).stream()
                .map(Networks.Lease::address)
                .collect(Collectors.toSet());
    }

    /** What is known, once a container is started, of the address that it was given; empty where it asks by DHCP. */
    Optional<GuestAddress> known(Optional<Inet4Address> taken) {
        if (taken.isPresent() && lowLevel) {
            return taken.map(GuestAddress::of);
        }
        if (isOurBridge() && subnet.isEmpty()) {
            return Optional.of(GuestAddress.none("has no IPv4 address, since the network '" + network.name()
                    + "' that it is on has none (ipv4.address=none)"));
        }
        return dhcp
                ? Optional.empty()
                : Optional.of(GuestAddress.none("has no IPv4 address, since the network '" + network.name()
                        + "' that it is on has no DHCP (ipv4.dhcp=false). Choose one for it with address = \"...\""));
    }

    /** The same with the IPv6 address that the guest is to have, or why it has none. */
    GuestAddress withIpv6(GuestAddress known) {
        if (!ipv6) {
            return known;
        }
        Optional<String> own = Optional.ofNullable(network.config().get("ipv6.address"))
                .filter(address -> isOurBridge() && address.contains(":"));
        if (own.isEmpty()) {
            return known.withoutIpv6("has no IPv6 address, since the network '" + network.name() + "' that it is on is "
                    + (isOurBridge() ? "a bridge without (ipv6.address)" : "no bridge that Incus manages")
                    + ". Leave the network out, or name one with IPv6");
        }
        return known.ipv4()
                .map(ipv4 -> known.with(GuestIpv6.of(own.get(), ipv4)))
                .orElseGet(() -> known.withoutIpv6(
                        "has no IPv6 address, which would be made of its IPv4 address, and that it has not"));
    }

    /** What an agent is told of the address that the container has before it boots; empty where it asks by DHCP. */
    Optional<AgentSettings.Network> agentsView(Optional<Inet4Address> taken) {
        return taken.filter(given -> lowLevel)
                .map(given -> new AgentSettings.Network(
                        given.getHostAddress(),
                        subnet.get().netmask().getHostAddress(),
                        subnet.get().ownAddress().getHostAddress()));
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
        // Incus refuses it where it could not tell the guest by DHCP.
        address.filter(given -> dhcp).ifPresent(given -> nic.put("ipv4.address", given.getHostAddress()));
        return nic;
    }

    /** The instance options that go with the NIC. */
    Map<String, String> config(Optional<Inet4Address> address) {
        return address.filter(given -> lowLevel).map(this::preset).orElse(Map.of());
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
