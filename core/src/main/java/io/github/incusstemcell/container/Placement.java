package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Projects.Project;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where on the daemon containers go: project, storage pool and network. Found out once for all containers of a run.
 *
 * @param incus the daemon, in the project of the containers and of their images
 * @param pool the name of the storage pool of their root disks
 * @param network the network where the user names none; empty: one of our own
 * @param lowLevel whether the project lets instances set {@code raw.*} keys
 * @param cluster whose members they are spread over; empty where there is none
 */
record Placement(Incus incus, String pool, Optional<String> network, boolean lowLevel, Optional<Cluster> cluster) {

    /** The project that this library makes where the user names none: away from the user's own instances and images. */
    static final String DEFAULT_PROJECT = "incus-stemcell";

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    /** Pools that clone an image in milliseconds, unlike dir, which unpacks it for each container. */
    private static final List<String> COPY_ON_WRITE = List.of("btrfs", "zfs", "lvm", "lvmcluster", "ceph", "linstor");

    /**
     * Finds project and pool, and creates the project where it is ours and missing.
     *
     * @param incus the daemon, in the project that its endpoint names
     * @param project the project that the user wants, or empty
     * @param pool the storage pool that the user wants, or empty
     * @throws IncusStemcellException if what the user wants does not exist
     */
    static Placement find(Incus incus, Optional<String> project, Optional<String> pool) {
        Incus placed = incus.project(project(incus, project));
        Optional<Project> restricted = placed.projects().find(placed.project()).filter(Project::isRestricted);
        Optional<Cluster> cluster = Cluster.of(placed);
        return new Placement(
                placed,
                pool(placed, pool, restricted, cluster),
                restricted.flatMap(Placement::network),
                restricted.map(Placement::allowsLowLevel).orElse(true),
                cluster);
    }

    private static String project(Incus incus, Optional<String> wanted) {
        if (wanted.isPresent()) {
            requireProject(incus, wanted.get());
            return wanted.get();
        }
        if (!incus.project().equals("default")) {
            // The endpoint's own, as in a remote's or a user's socket's: there is nowhere else to go.
            return incus.project();
        }
        List<String> visible =
                incus.projects().list().stream().map(Project::name).toList();
        if (visible.contains(DEFAULT_PROJECT)) {
            return DEFAULT_PROJECT;
        }
        if (!visible.contains("default")) {
            return only(incus, visible);
        }
        createDefaultProject(incus);
        return DEFAULT_PROJECT;
    }

    /** Who does not see the default project is confined to some, and may create none. */
    private static String only(Incus incus, List<String> projects) {
        if (projects.size() != 1) {
            throw new IncusStemcellException("Incus on " + incus.endpoint() + " confines us to "
                    + (projects.isEmpty() ? "no project at all" : "the projects " + String.join(", ", projects))
                    + ". Name one that we may use with incus.stemcell.project");
        }
        return projects.get(0);
    }

    private static void requireProject(Incus incus, String name) {
        if (incus.projects().find(name).isEmpty()) {
            throw new IncusStemcellException("The project '" + name + "' from incus.stemcell.project does not exist on "
                    + incus.endpoint() + ". Create it with: incus project create " + name);
        }
    }

    /** Creates the project that this library makes, unless another process does at that moment. */
    static void createDefaultProject(Incus incus) {
        Map<String, String> features = new LinkedHashMap<>();
        features.put("features.images", "true");
        features.put("features.profiles", "true");
        features.put("features.storage.volumes", "true");
        features.put("features.networks", "false");
        try {
            incus.projects().create(DEFAULT_PROJECT, features, "Containers and images of Incus Stemcell");
        } catch (IncusException e) {
            // Another process may have been faster.
            incus.projects().find(DEFAULT_PROJECT).orElseThrow(() -> e);
        }
    }

    private static boolean allowsLowLevel(Project project) {
        return "allow".equals(project.config().get("restricted.containers.lowlevel"));
    }

    /** Refuses a storage pool that is not there. */
    void requirePool(String name) {
        requirePool(incus, name, "", cluster);
    }

    /** Where only some networks are allowed, ours is none of them. */
    private static Optional<String> network(Project project) {
        return Stream.of(project.config()
                        .getOrDefault("restricted.networks.access", "")
                        .split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    private static String pool(
            Incus incus, Optional<String> wanted, Optional<Project> restricted, Optional<Cluster> cluster) {
        if (wanted.isPresent()) {
            return requirePool(incus, wanted.get(), " from incus.stemcell.storage-pool", cluster);
        }
        return restricted.flatMap(project -> poolOfProfile(incus)).orElseGet(() -> fastest(incus, cluster));
    }

    private static String requirePool(Incus incus, String wanted, String origin, Optional<Cluster> cluster) {
        StoragePool pool = incus.storagePools()
                .find(wanted)
                .orElseThrow(() ->
                        missing(incus, wanted, origin, incus.storagePools().list()));
        cluster.ifPresent(members -> members.requireEverywhere(
                "storage pool", "storage create " + pool.name() + " " + pool.driver(), pool.name(), pool.locations()));
        return pool.name();
    }

    /** 6.0 shows the list of pools to nobody who is confined to a project; but that project's profile names the one to use. */
    private static Optional<String> poolOfProfile(Incus incus) {
        return incus.profiles().find("default").stream()
                .flatMap(profile -> profile.devices().values().stream())
                .filter(device -> "/".equals(device.get("path")) && device.containsKey("pool"))
                .map(device -> device.get("pool"))
                .findFirst();
    }

    private static String fastest(Incus incus, Optional<Cluster> cluster) {
        List<StoragePool> all = pools(incus);
        List<StoragePool> pools = cluster.map(members -> members.onAllMembers(all, StoragePool::locations))
                .orElse(all);
        if (pools.isEmpty()) {
            // Says which members lack it, so that it can be finished.
            all.stream().findFirst().ifPresent(pool -> requirePool(incus, pool.name(), "", cluster));
        }
        return pools.stream()
                .filter(pool -> COPY_ON_WRITE.contains(pool.driver()))
                .findFirst()
                .or(() -> slow(pools))
                .map(StoragePool::name)
                .orElseThrow(
                        () -> new IncusStemcellException(
                                "There is no storage pool on " + incus.endpoint()
                                        + ", so no container can have a root disk. Create one with: incus storage create default btrfs"));
    }

    /** Those that are not a disk of one container. */
    private static List<StoragePool> pools(Incus incus) {
        return incus.storagePools().list().stream()
                .filter(pool -> Lease.read(pool.config()).isEmpty())
                .toList();
    }

    private static Optional<StoragePool> slow(List<StoragePool> pools) {
        pools.stream()
                .findFirst()
                .ifPresent(pool -> LOG.warn(
                        "The storage pool '{}' is of type {}, which unpacks the whole stemcell for each container. Starts"
                                + " take tenths of a second on a btrfs or zfs pool: incus storage create fast btrfs",
                        pool.name(),
                        pool.driver()));
        return pools.stream().findFirst();
    }

    private static IncusStemcellException missing(Incus incus, String wanted, String origin, List<StoragePool> pools) {
        String existing = pools.stream().map(StoragePool::name).collect(Collectors.joining(", "));
        return new IncusStemcellException("The storage pool '" + wanted + "'" + origin + " does not"
                + " exist on " + incus.endpoint()
                + (existing.isEmpty() ? ", which has none" : ", which has: " + existing)
                + ". Name one of these, or create it with: incus storage create " + wanted + " btrfs");
    }
}
