package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Disks of a container besides its root disk, attached and detached while it runs, or while it is stopped. Each is a file system of its
 * own, on a block device of its own, as large as the test chose: so {@code df} says its size, and who fills it gets {@code ENOSPC}, where a
 * quota would give {@code EDQUOT}. All of them go with the container, and {@link StemcellContainer#undoFaults()} detaches them.
 * Thread-safe.
 */
public final class Disks {

    /** What an interface of the API takes as the name of a device, and we as one of a disk. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,26}");

    private final Supplier<Instance> instance;
    private final ActiveFaults active;
    private final Map<String, DiskPool> attached = new LinkedHashMap<>();

    /**
     * @param instance gives the container, or says that it is closed
     */
    Disks(Supplier<Instance> instance, ActiveFaults active) {
        this.instance = instance;
        this.active = active;
    }

    /**
     * Attaches a new, empty disk, which belongs to the guest's root. A btrfs keeps about half of so small a disk for itself: of 128 MiB
     * about 47 are free.
     *
     * @param name how Incus is to call the device: letters, digits, dashes and underscores, at most 27
     * @param size at least 109MiB, which is the least for a btrfs: such as {@code 128MiB}
     * @param path where the guest mounts it, and which is made if need be: absolute
     * @throws IllegalArgumentException if one of them is none of that
     * @throws IncusStemcellException if the container has a device of that name, or the daemon gives no storage pool: in a cluster, where
     *     it confines us to a project, or without btrfs
     */
    public synchronized void attach(String name, String size, String path) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no name for a disk; write letters, digits, dashes and underscores, at most 27");
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'" + path + "' is no absolute path for a disk; write for example /var/vcap/store");
        }
        DiskPool.requireSize(size);
        Instance guest = instance.get();
        InstanceInfo info = guest.info();
        if (info.expandedDevices().containsKey(name)) {
            throw new IncusStemcellException("The container '" + guest.name() + "' has a device '" + name
                    + "' already; give the disk another name");
        }
        DiskPool pool = DiskPool.create(guest, info, size);
        try {
            guest.updateDevice(
                    name, Map.of("type", "disk", "pool", pool.name(), "source", DiskPool.VOLUME, "path", path));
        } catch (RuntimeException e) {
            pool.deleteAfter(e);
            throw e;
        }
        attached.put(name, pool);
        active.add("disk " + name, () -> detach(name));
    }

    /**
     * Takes a disk away with all that is on it, whatever uses it, and without a word to the guest.
     *
     * @param name one that was {@linkplain #attach attached}
     * @throws IncusStemcellException if there is none of that name
     */
    public synchronized void detach(String name) {
        DiskPool pool = attached.get(name);
        if (pool == null) {
            throw new IncusStemcellException("The container '" + instance.get().name() + "' has no disk '" + name
                    + "' to detach; attached are: " + attached.keySet());
        }
        instance.get().removeDevice(name);
        pool.delete();
        attached.remove(name);
        active.remove("disk " + name);
    }

    /**
     * Makes a disk slow: lets the guest read and write so much of it in a second.
     *
     * @param name one that was {@linkplain #attach attached}, or {@code root}
     * @param read in Incus's notation, such as {@code 1MiB} or {@code 10iops}
     * @param write likewise
     * @throws IncusStemcellException if there is no such disk, or the daemon cannot enforce it, as where its machine has no cgroup
     *     controller for it; nothing is changed then
     */
    public synchronized void limit(String name, String read, String write) {
        Instance guest = instance.get();
        Map<String, String> before = guest.info().devices().get(name);
        if (before == null || !"disk".equals(before.get("type"))) {
            throw new IncusStemcellException(
                    "The container '" + guest.name() + "' has no disk '" + name + "' to limit");
        }
        Map<String, String> after = new LinkedHashMap<>(before);
        after.put("limits.read", read);
        after.put("limits.write", write);
        guest.updateDevice(name, after);
        if (!attached.containsKey(name)) {
            active.add("limit of " + name, () -> instance.get().updateDevice(name, before));
        }
    }

    /**
     * Once the container is gone.
     *
     * @throws IncusException if one cannot be deleted; all that can are then gone, and a later run tries again with the others
     */
    synchronized void deleteAll() {
        List<IncusException> failures = new ArrayList<>();
        for (DiskPool pool : attached.values()) {
            try {
                pool.delete();
            } catch (IncusException e) {
                failures.add(e);
            }
        }
        attached.clear();
        if (!failures.isEmpty()) {
            IncusException first = failures.remove(0);
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /** As long as the container is kept for a person to look at. */
    synchronized void keep() {
        attached.values().forEach(DiskPool::keep);
    }
}
