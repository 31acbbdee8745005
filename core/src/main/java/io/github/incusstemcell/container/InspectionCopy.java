package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A copy of a container that does not run, in which commands can look at its files, as no command can be run in that itself. Nothing in it
 * boots: its process 1 sleeps.
 *
 * @param stopped what does not run
 * @param creations of the run, which makes none any more when it ends
 */
record InspectionCopy(Instance stopped, Creations creations) {

    private static final String LXC = "raw.lxc";
    private static final Pattern DEVICES = Pattern.compile("\\s*lxc\\.(net|mount)\\b");

    /** In seconds; then it ends by itself and with that is gone, should this JVM have ended meanwhile. */
    private static final int LIFETIME = 300;

    /**
     * Runs a command in a copy that is made for it.
     *
     * @throws IncusStemcellException if the daemon refuses the copy, or does not start it
     */
    ExecResult exec(Command command) {
        Instance copy = stopped.inSameProject(InstanceRequest.newName());
        ExecResult result;
        try {
            start(copy);
            result = copy.exec(command);
        } catch (RuntimeException e) {
            ContainerLauncher.discard(copy, e);
            throw e;
        }
        copy.delete();
        return result;
    }

    /**
     * The same in one that has what {@code chattr(1)} sets.
     *
     * @throws IncusStemcellException also if the storage pool copies file by file
     */
    ExecResult execWithAttributes(Command command) {
        String pool = stopped.info().expandedDevices().values().stream()
                .filter(InspectionCopy::isRootDisk)
                .map(options -> options.get("pool"))
                .findFirst()
                .orElseThrow();
        StoragePool found = stopped.storagePools()
                .find(pool)
                .orElseThrow(() -> new IncusStemcellException("The storage pool '" + pool + "' of '" + stopped.name()
                        + "' is not there any more, so that its files cannot be looked at"));
        if (!RootDiskPools.copiesWithAttributes(found)) {
            throw new IncusStemcellException("What chattr(1) has set of files of '" + stopped.name()
                    + "', which does not run, cannot be known: it is looked at in a copy, and the storage pool '"
                    + pool + "' of the type " + found.driver()
                    + " copies file by file, without that. Boot it, or use a btrfs or zfs pool");
        }
        return exec(command);
    }

    private static boolean isRootDisk(Map<String, String> options) {
        return "/".equals(options.get("path"));
    }

    private void start(Instance copy) {
        InstanceInfo info = stopped.info();
        try {
            creations.create(() -> {
                stopped.copyTo(copy, config(info), devices(info));
                return copy;
            });
            // Its templates would be applied as it starts, which in the other they were not yet.
            copy.replaceMetadata(
                    "{\"architecture\": \"" + info.architecture() + "\", \"creation_date\": 1, \"templates\": {}}");
            copy.start();
        } catch (IncusException e) {
            throw new IncusStemcellException(
                    "The files of '" + stopped.name()
                            + "', which does not run, are looked at in a copy of it, and that was refused: "
                            + e.getMessage() + ". Boot it, or let the project '" + stopped.project()
                            + "' have one more instance, and that with raw.lxc (restricted.containers.lowlevel=allow)",
                    e);
        }
    }

    /** Without what is about devices that it does not have. */
    private static Map<String, String> config(InstanceInfo info) {
        Stream<String> lines = info.expandedConfig()
                .getOrDefault(LXC, "")
                .lines()
                .filter(line -> !DEVICES.matcher(line).lookingAt());
        return Map.of(
                LXC,
                Stream.concat(lines, Stream.of("lxc.init.cmd = /bin/sleep " + LIFETIME))
                        .collect(Collectors.joining("\n")));
    }

    /** Only its disk: what is mounted from elsewhere is not there in the other either, and addresses may be given once. */
    private static Map<String, Map<String, String>> devices(InstanceInfo info) {
        Map<String, Map<String, String>> none = new HashMap<>();
        info.expandedDevices().forEach((name, options) -> {
            if (!isRootDisk(options)) {
                none.put(name, Map.of("type", "none"));
            }
        });
        return none;
    }
}
