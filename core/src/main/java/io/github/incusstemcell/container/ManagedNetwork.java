package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.NetworkInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one bridge that this library makes for its containers, where the user names no network.
 *
 * <p>It stays when a run ends: the next run, and others at the same time, share it. It is created with an explicit
 * subnet, since Incus's own {@code auto} searches by pinging the machine's surroundings.
 *
 * @param incus the daemon, in the project whose networks count
 * @param configured the subnet that the user wants, or empty to choose one
 * @param ipv6 whether it is to have IPv6, too
 * @param cluster whose members each have to have the network
 */
record ManagedNetwork(Incus incus, Optional<Subnet> configured, boolean ipv6, Optional<Cluster> cluster) {

    /** What the names of all our bridges begin with, so that one rule of a firewall matches them. */
    static final String NAME_PREFIX = "isc-";

    private static final String OURS = "user.incus-stemcell.network";

    /** Large enough that addresses drawn by chance rarely meet, small enough to fit beside other networks. */
    private static final int PREFIX = 20;

    /** One of OVN reaches over all members, a bridge from guests of one member to each other. */
    private static final List<String> TYPES = List.of("ovn", "bridge");

    private static final String SUBNET_KEY = "incus.stemcell.network.subnet";

    /** Reads what the user wants as subnet: it needs room for the gateway, for guests of ours, and for guests with DHCP. */
    static Subnet parse(String cidr) {
        Subnet subnet = Subnet.parse(cidr);
        if (subnet.prefix() > 28) {
            throw new IllegalArgumentException("The subnet " + cidr + " from " + SUBNET_KEY
                    + " is too small: its prefix may be at most 28, and 20 is a good choice");
        }
        return subnet;
    }

    /** Finds the network, or creates it; in a cluster, where its administrator does that, finds one that all members have. */
    NetworkInfo ensure() {
        if (cluster.isPresent()) {
            return common(cluster.get());
        }
        Optional<NetworkInfo> existing = incus.networks().list().stream()
                .filter(network -> "true".equals(network.config().get(OURS)))
                .findFirst();
        return existing.isPresent() ? checked(existing.get()) : create();
    }

    private NetworkInfo checked(NetworkInfo network) {
        String subnet = network.config().getOrDefault("ipv4.address", "none");
        if (configured.isPresent() && !configured.get().toString().equals(subnet)) {
            throw new IncusStemcellException("The network '" + network.name() + "' on " + incus.endpoint()
                    + " exists with the subnet " + subnet + ", but " + SUBNET_KEY + " asks for " + configured.get()
                    + ". Remove that setting, or delete the network with: incus network delete " + network.name());
        }
        return ipv6 && !network.config().getOrDefault("ipv6.address", "").contains(":")
                ? withIpv6(network, Subnet.parse(subnet))
                : network;
    }

    /** Who is on it already goes on as before. */
    private NetworkInfo withIpv6(NetworkInfo network, Subnet subnet) {
        incus.networks().updateConfig(network.name(), UniqueLocalAddress.options(incus, subnet, true));
        return incus.networks().find(network.name()).orElse(network);
    }

    private NetworkInfo create() {
        Subnet subnet = configured.isPresent() ? requireFree(incus, configured.get()) : choose(taken(incus));
        String name = name();
        Map<String, String> config = config(incus, subnet, ipv6, Map.of(OURS, "true"));
        try {
            return incus.networks().create(name, config, "Containers of Incus Stemcell");
        } catch (IncusException e) {
            // Another process may have been faster; then its network is as good as ours.
            return incus.networks().find(name).orElseThrow(() -> e);
        }
    }

    /** What makes a bridge one of ours, with marks that say for what. */
    static Map<String, String> config(Incus incus, Subnet subnet, boolean ipv6, Map<String, String> marks) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("ipv4.address", subnet.toString());
        config.put("ipv4.nat", "true");
        // The upper half is for guests that ask by DHCP; the lower half is ours to give away.
        config.put("ipv4.dhcp.ranges", dhcpRange(subnet));
        config.putAll(UniqueLocalAddress.options(incus, subnet, ipv6));
        config.putAll(marks);
        return config;
    }

    private NetworkInfo common(Cluster members) {
        List<NetworkInfo> all = incus.networks().list().stream()
                .filter(NetworkInfo::isManaged)
                .filter(network -> TYPES.contains(network.type()))
                .filter(network -> !"none".equals(network.config().get("ipv4.address")))
                .filter(network -> !network.config().containsKey(Lease.RUN))
                .sorted(Comparator.comparing((NetworkInfo network) -> TYPES.indexOf(network.type()))
                        .thenComparing(NetworkInfo::name))
                .toList();
        List<NetworkInfo> common = members.onAllMembers(all, NetworkInfo::locations);
        if (common.isEmpty()) {
            all.stream()
                    .findFirst()
                    .ifPresent(pending -> members.requireEverywhere(
                            "network", "network create " + pending.name(), pending.name(), pending.locations()));
            throw new IncusStemcellException("There is no network on " + incus.endpoint() + " that all members of the"
                    + " cluster have, and none is made, since each member has to be asked for its part. Create one with:"
                    + " incus network create NAME --target MEMBER, for each member, and then: incus network create NAME"
                    + " ipv4.address=10.78.0.1/24 ipv6.address=none");
        }
        return common.get(0);
    }

    static String dhcpRange(Subnet subnet) {
        return subnet.at(subnet.size() / 2).getHostAddress() + "-"
                + subnet.at(subnet.size() - 2).getHostAddress();
    }

    /**
     * The network is also an interface of the host, where another daemon may have one too: so the name says whose it
     * is. An interface's name has at most 15 characters.
     */
    private String name() {
        return NAME_PREFIX + incus.server().certificateFingerprint().substring(0, 8);
    }

    private static Subnet choose(List<Taken> taken) {
        for (int second = 120; second < 250; second++) {
            for (int third = 0; third < 256; third += 1 << (24 - PREFIX)) {
                Subnet candidate = Subnet.parse("10." + second + "." + third + ".1/" + PREFIX);
                if (taken.stream().noneMatch(other -> other.subnet().overlaps(candidate))) {
                    return candidate;
                }
            }
        }
        throw new IncusStemcellException("No IPv4 subnet of the size /" + PREFIX + " in 10.120.0.0 to 10.249.255.255 is"
                + " free for containers; these are taken: " + taken + ". Choose one with " + SUBNET_KEY
                + ", or name an existing Incus network with incus.stemcell.network");
    }

    /** Checks the subnet that the user wants for a new network. */
    static Subnet requireFree(Incus incus, Subnet wanted) {
        for (Taken other : taken(incus)) {
            if (other.subnet().overlaps(wanted)) {
                throw new IncusStemcellException(
                        "The subnet " + wanted + " from " + SUBNET_KEY + " cannot be given to a"
                                + " new network on " + incus.endpoint() + ": it overlaps " + other
                                + ". Choose another one, or name an existing Incus network with incus.stemcell.network");
            }
        }
        return wanted;
    }

    record Taken(Subnet subnet, String by) {
        @Override
        public String toString() {
            return subnet + " of " + by;
        }
    }

    static List<Taken> taken(Incus incus) {
        List<Taken> taken = new ArrayList<>();
        for (NetworkInfo network : incus.networks().list()) {
            for (String address : incus.networks().addresses(network.name())) {
                if (!address.contains(":")) {
                    taken.add(new Taken(Subnet.parse(address), "the network '" + network.name() + "'"));
                }
            }
        }
        LocalRoutes.read().forEach(route -> taken.add(new Taken(route, "a route of this machine")));
        return taken;
    }
}
