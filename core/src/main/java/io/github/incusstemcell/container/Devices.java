package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceInfo;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The devices of a container, by Incus's own options, changed while it runs, or while it is stopped. {@link StemcellContainer#undoFaults()}
 * takes the changes back. Thread-safe.
 */
public final class Devices {

    private final Supplier<Instance> instance;
    private final ActiveFaults active;

    /**
     * @param instance gives the container, or says that it is closed
     */
    Devices(Supplier<Instance> instance, ActiveFaults active) {
        this.instance = instance;
        this.active = active;
    }

    /**
     * Adds a device, or replaces one of that name.
     *
     * @param name its name
     * @param options all its options, {@code type} among them
     * @throws io.github.incusstemcell.incus.IncusException if the daemon refuses it
     * @throws IncusStemcellException if it is a size of the root disk that its storage pool cannot enforce; nothing is changed then
     */
    public void set(String name, Map<String, String> options) {
        Instance guest = instance.get();
        Map<String, String> before = guest.info().devices().getOrDefault(name, Map.of());
        guest.updateDevice(name, options);
        try {
            if ("/".equals(options.get("path")) && options.containsKey("size")) {
                requireQuota(guest, name);
            }
        } catch (RuntimeException e) {
            restore(name, before);
            throw e;
        }
        active.add(key(name), () -> restore(name, before));
    }

    private static void requireQuota(Instance guest, String name) {
        new DiskQuota(guest).problem(DiskQuota.COUNTING).ifPresent(problem -> {
            throw new IncusStemcellException("The size of the disk '" + name + "' of '" + guest.name()
                    + "' was not changed, since it could not be enforced: " + problem);
        });
    }

    /**
     * Removes a device.
     *
     * @param name one of the container's own, and not of a profile's
     * @throws IncusStemcellException if it has none of that name
     */
    public void remove(String name) {
        Instance guest = instance.get();
        InstanceInfo info = guest.info();
        Map<String, String> before = info.devices().get(name);
        if (before == null) {
            throw new IncusStemcellException("The container '" + guest.name() + "' has no device '" + name
                    + "' of its own to remove; it has " + info.devices().keySet()
                    + (info.expandedDevices().containsKey(name) ? ", and that one is a profile's" : ""));
        }
        guest.removeDevice(name);
        active.add(key(name), () -> restore(name, before));
    }

    private static String key(String name) {
        return "device " + name;
    }

    private void restore(String name, Map<String, String> before) {
        if (before.isEmpty()) {
            instance.get().removeDevice(name);
        } else {
            instance.get().updateDevice(name, before);
        }
    }
}
