package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bridge for a few containers that belong together, with nobody else on it: put them there with
 * {@link ContainerSpecBuilder#network}. Made by {@link Stemcells#createNetwork}.
 */
public final class PrivateNetwork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateNetwork.class);

    private static final int PREFIX = 24;

    /** Others choose at the same time; so often in a row they do not choose the same. */
    private static final int DRAWS = 10;

    private final Incus incus;
    private final String name;
    private final Runnable afterDelete;

    private PrivateNetwork(Incus incus, String name, Runnable afterDelete) {
        this.incus = incus;
        this.name = name;
        this.afterDelete = afterDelete;
    }

    /** In a cluster it is a bridge on each member, and none reaches another: so all containers on it go to one member. */
    static PrivateNetwork create(
            Incus incus, Optional<Cluster> cluster, Lease lease, boolean ipv6, Consumer<String> afterDelete) {
        for (int draw = 1; draw <= DRAWS; draw++) {
            Subnet subnet = choose(ManagedNetwork.taken(incus));
            // No hexadecimal digit, so that it is none of the bridges that runs share. An interface's name has at most
            // 15 characters, and interfaces of all daemons of a host stand beside each other.
            String name = ManagedNetwork.NAME_PREFIX + "p"
                    + Long.toString(ThreadLocalRandom.current().nextLong(1L << 50), 36);
            if (createAlone(incus, cluster, name, subnet, ManagedNetwork.config(incus, subnet, ipv6, lease.keys()))) {
                cluster.ifPresent(members -> pin(members, name, lease, incus));
                return new PrivateNetwork(incus, name, () -> {
                    afterDelete.accept(name);
                    cluster.ifPresent(members -> members.unpin(name));
                });
            }
            incus.networks().delete(name);
        }
        throw new IncusStemcellException(
                "A private network on " + incus.endpoint() + " met another new one on its subnet " + DRAWS
                        + " times in a row. Look for what creates networks there: incus network list");
    }

    /** Nobody knows the name of a network to which no member can be found: so it goes then. */
    private static void pin(Cluster members, String name, Lease lease, Incus incus) {
        try {
            LOG.info(
                    "The machines of {} start on the member '{}' of the cluster, as they share a bridge",
                    lease.owner(),
                    members.pin(name));
        } catch (RuntimeException e) {
            deleteAfter(e, incus, name);
            throw e;
        }
    }

    private static void deleteAfter(RuntimeException reason, Incus incus, String name) {
        try {
            incus.networks().delete(name);
        } catch (RuntimeException left) {
            reason.addSuppressed(left);
        }
    }

    /** Nobody knows the name of what was created, or may have been, where it is not told how that went: so it goes then. */
    private static boolean createAlone(
            Incus incus, Optional<Cluster> cluster, String name, Subnet subnet, Map<String, String> config) {
        List<String> members =
                cluster.map(all -> all.requireAll("private network")).orElse(List.of());
        try {
            members.forEach(member -> incus.networks().createPending(name, member));
            incus.networks().create(name, config, "One test of Incus Stemcell");
            return isAlone(incus, name, subnet);
        } catch (RuntimeException e) {
            deleteAfter(e, incus, name);
            throw e;
        }
    }

    private static Subnet choose(List<ManagedNetwork.Taken> taken) {
        for (int attempt = 0; attempt < 1000; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Subnet candidate =
                    Subnet.parse("10." + random.nextInt(120, 250) + "." + random.nextInt(256) + ".1/" + PREFIX);
            if (taken.stream().noneMatch(other -> other.subnet().overlaps(candidate))) {
                return candidate;
            }
        }
        throw new IncusStemcellException("No IPv4 subnet of the size /" + PREFIX + " in 10.120.0.0 to 10.249.255.255 is"
                + " free for a private network; these are taken: " + taken
                + ". Name an existing Incus network with incus.stemcell.network");
    }

    /** Whether no other process chose the same subnet meanwhile. Incus itself does not mind. */
    private static boolean isAlone(Incus incus, String name, Subnet subnet) {
        return incus.networks().list().stream()
                .filter(other -> !other.name().equals(name))
                .map(other -> other.config().getOrDefault("ipv4.address", ""))
                .filter(address -> address.contains("/"))
                .noneMatch(address -> Subnet.parse(address).overlaps(subnet));
    }

    /**
     * The network's name.
     *
     * @return the name, as {@code incus network list} shows it
     */
    public String name() {
        return name;
    }

    /** Deletes the network, unless a container that somebody keeps is still on it; a later run removes it then. */
    @Override
    public void close() {
        try {
            incus.networks().delete(name);
            afterDelete.run();
        } catch (IncusException e) {
            boolean used = incus.networks()
                    .find(name)
                    .filter(network -> !network.usedBy().isEmpty())
                    .isPresent();
            if (!used) {
                throw e;
            }
        }
    }
}
