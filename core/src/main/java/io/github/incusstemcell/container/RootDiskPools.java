package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which storage pool has the root disks of containers.
 *
 * @param incus the daemon, in the project of the containers
 * @param cluster all of whose members have to have it; empty where there is none
 * @param created how large a pool is to be made where none clones images, in Incus's notation; empty: none is made
 */
record RootDiskPools(Incus incus, Optional<Cluster> cluster, Optional<String> created) {

    /** Of the pool that this library makes. It stays until somebody deletes it. */
    static final String OURS = "incus-stemcell";

    private static final Logger LOG = LoggerFactory.getLogger(RootDiskPools.class);

    /** Pools that clone an image in milliseconds, unlike dir, which unpacks it for each container. */
    private static final List<String> COPY_ON_WRITE = List.of("btrfs", "zfs", "lvm", "lvmcluster", "ceph", "linstor");

    /** {@return the one that is wanted by the configuration} */
    String configured(String wanted) {
        return require(wanted, " from incus.stemcell.storage-pool");
    }

    /** {@return the one that is wanted, which is there} */
    String require(String wanted) {
        return require(wanted, "");
    }

    private String require(String wanted, String origin) {
        StoragePool pool = incus.storagePools().find(wanted).orElseThrow(() -> missing(wanted, origin));
        cluster.ifPresent(members -> members.requireEverywhere(
                "storage pool", "storage create " + pool.name() + " " + pool.driver(), pool.name(), pool.locations()));
        return pool.name();
    }

    /** {@return the one that a project allows to whom it confines} */
    String ofProject() {
        return poolOfProfile().orElseGet(this::fastest);
    }

    /** 6.0 shows the list of pools to nobody who is confined to a project; but that project's profile names the one to use. */
    private Optional<String> poolOfProfile() {
        return incus.profiles().find("default").stream()
                .flatMap(profile -> profile.devices().values().stream())
                .filter(device -> "/".equals(device.get("path")) && device.containsKey("pool"))
                .map(device -> device.get("pool"))
                .findFirst();
    }

    /** {@return whether it unpacks an image once for all containers} */
    static boolean clones(StoragePool pool) {
        return COPY_ON_WRITE.contains(pool.driver());
    }

    /**
     * {@return whether a copy of a container on it is one of the whole file system, and not of its files one by one} The latter is how Incus
     * copies what lvm has no thin pool for.
     */
    static boolean copiesWithAttributes(StoragePool pool) {
        return switch (pool.driver()) {
            case "btrfs", "zfs", "ceph" -> true;
            case "lvm" -> !"false".equals(pool.config().get("lvm.use_thinpool"));
            default -> false;
        };
    }

    /** {@return the first that clones images, else one that is made to, else the first that there is} */
    String fastest() {
        List<StoragePool> pools = onAllMembers();
        return pools.stream()
                .filter(pool -> COPY_ON_WRITE.contains(pool.driver()))
                .findFirst()
                .map(StoragePool::name)
                .or(() -> created.map(this::create))
                .or(() -> slow(pools))
                .orElseThrow(
                        () -> new IncusStemcellException(
                                "There is no storage pool on " + incus.endpoint()
                                        + ", so no container can have a root disk. Create one with: incus storage create default btrfs"));
    }

    private List<StoragePool> onAllMembers() {
        List<StoragePool> all = pools();
        List<StoragePool> pools = cluster.map(members -> members.onAllMembers(all, StoragePool::locations))
                .orElse(all);
        if (pools.isEmpty()) {
            // Says which members lack it, so that it can be finished.
            all.stream().findFirst().ifPresent(pool -> require(pool.name(), ""));
        }
        return pools;
    }

    /** Those that are not a disk of one container. */
    private List<StoragePool> pools() {
        return incus.storagePools().list().stream()
                .filter(pool -> Lease.read(pool.config()).isEmpty())
                .toList();
    }

    /** {@return the pool that is made by this, in a file of the daemon's; or by another process at this moment} */
    String create(String size) {
        try {
            incus.storagePools().create(OURS, "btrfs", Map.of("size", size), "Root disks of Incus Stemcell");
            LOG.info(
                    "Created the storage pool '{}' of {}, since no other clones images. It stays; to delete it, delete what"
                            + " uses it, and then: incus storage delete {}",
                    OURS,
                    size,
                    OURS);
        } catch (IncusException e) {
            if (incus.storagePools().find(OURS).isEmpty()) {
                throw new IncusStemcellException(
                        "Cannot create a storage pool of btrfs with " + size + " on " + incus.endpoint() + ": "
                                + e.getMessage() + ". Its machine needs btrfs-progs and the space; or set"
                                + " incus.stemcell.storage.create=false, and name a pool by incus.stemcell.storage-pool",
                        e);
            }
        }
        return OURS;
    }

    private Optional<String> slow(List<StoragePool> pools) {
        Optional<StoragePool> first = pools.stream().findFirst();
        first.ifPresent(pool -> LOG.warn(
                "The storage pool '{}' is of type {}, which unpacks the whole stemcell for each container. Starts take tenths"
                        + " of a second on a btrfs or zfs pool: set incus.stemcell.storage.create=true, or run: incus"
                        + " storage create fast btrfs",
                pool.name(),
                pool.driver()));
        return first.map(StoragePool::name);
    }

    private IncusStemcellException missing(String wanted, String origin) {
        String existing = pools().stream().map(StoragePool::name).collect(Collectors.joining(", "));
        return new IncusStemcellException("The storage pool '" + wanted + "'" + origin + " does not"
                + " exist on " + incus.endpoint()
                + (existing.isEmpty() ? ", which has none" : ", which has: " + existing)
                + ". Name one of these, or create it with: incus storage create " + wanted + " btrfs");
    }
}
