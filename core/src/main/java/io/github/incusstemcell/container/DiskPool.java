package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.StoragePools;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A storage pool for one disk of one container, with one volume that fills it. It bears the lease of the container.
 *
 * <p>A volume with a size in the pool of the root disks would be a quota on btrfs and dir, which shows the whole pool to {@code df}, and
 * answers {@code EDQUOT}.
 *
 * @param pools those of the daemon, in view of the container's project
 * @param name the pool's
 */
record DiskPool(StoragePools pools, String name) {

    static final String VOLUME = "disk";

    /** In which project the volume is. */
    private static final String PROJECT = Lease.PREFIX + "project";

    /** What mkfs.btrfs(8) names as the least. */
    private static final BigInteger LEAST = BigInteger.valueOf(114_294_784);

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,9})(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?");

    static void requireSize(String size) {
        if (!SIZE.matcher(size).matches()) {
            throw new IllegalArgumentException("'" + size + "' is no size of a disk; write for example 128MiB");
        }
        if (Limits.bytes(size).compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(
                    "'" + size + "' is too small for a disk: it gets a btrfs of its own, which takes"
                            + " 109MiB at least. Write for example 128MiB; or mount a tmpfs of that size in the guest");
        }
    }

    static DiskPool create(Instance instance, InstanceInfo info, String size) {
        if (!info.location().isEmpty() && !info.location().equals("none")) {
            throw new IncusStemcellException(
                    "No disk is made for '" + instance.name() + "', since its Incus is a cluster, where"
                            + " each member has to be asked for its part. Give the container a disk in devices, from a volume of"
                            + " yours");
        }
        DiskPool pool = new DiskPool(
                instance.storagePools(), "isd-" + UUID.randomUUID().toString().substring(0, 13));
        Map<String, String> config = new LinkedHashMap<>();
        config.put("size", size);
        config.put(PROJECT, instance.project());
        info.config().forEach((key, value) -> {
            if (Lease.isKey(key)) {
                config.put(key, value);
            }
        });
        // It is nothing that is renewed.
        config.put(Lease.EXPIRES, Lease.ofThisProcess().expires().toString());
        try {
            pool.pools.create(pool.name, "btrfs", config, "A disk of " + instance.name());
            pool.pools.createVolume(pool.name, VOLUME);
            return pool;
        } catch (IncusException e) {
            IncusStemcellException failure = new IncusStemcellException(
                    "No disk of " + size + " could be made for '" + instance.name() + "': " + e.getMessage()
                            + ". It needs a storage pool of its own, so the right to create pools, and btrfs-progs and free"
                            + " space on the daemon's machine",
                    e);
            pool.deleteAfter(failure);
            throw failure;
        }
    }

    /** One that some container of ours had, as its configuration says; empty for a pool that is anything else. */
    static Optional<DiskPool> of(StoragePools.StoragePool pool, Function<String, StoragePools> inProject) {
        return Optional.ofNullable(pool.config().get(PROJECT))
                .map(project -> new DiskPool(inProject.apply(project), pool.name()));
    }

    void keep() {
        pools.updateConfig(name, Lease.keptKeys());
    }

    void delete() {
        pools.deleteVolume(name, VOLUME);
        pools.delete(name);
    }

    void deleteAfter(RuntimeException reason) {
        try {
            delete();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }
}
