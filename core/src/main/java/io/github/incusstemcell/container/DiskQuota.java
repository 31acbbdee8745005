package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.Waiting;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether the size of a root disk is one that its storage pool holds the guest to. */
record DiskQuota(Instance guest) {

    /** See {@code btrfs(5)}, of the file system's folder in sysfs, which is the machine's in a container, too. */
    private static final String FILE_SYSTEMS = "/sys/fs/btrfs";

    /** As long as btrfs counts anew, it says the same as where it has given up. */
    static final Duration COUNTING = Duration.ofSeconds(15);

    /**
     * Looks whether the size is in force.
     *
     * @param patience how long to wait where btrfs may be counting anew
     * @return why it is not; empty where it is, or where the guest does not run, so that nothing is known
     * @throws IncusStemcellException if the thread is interrupted
     */
    Optional<String> problem(Duration patience) {
        if (!guest.info().isRunning()) {
            return Optional.empty();
        }
        if (guest.state().diskBytes().getOrDefault("root", 0L) <= 0) {
            return Optional.of(
                    "its storage pool has no quotas, as one of the type dir on a file system without project quotas."
                            + " Take a btrfs, zfs or lvm pool");
        }
        Optional<String> flag = btrfs().map(fileSystem -> fileSystem + "/qgroups/inconsistent");
        if (flag.isEmpty() || !staysUp(flag.get(), patience)) {
            return Optional.empty();
        }
        String orElse = patience.isZero()
                ? ", or counts anew at this moment: "
                : ", and did not count anew within " + patience.toSeconds() + "s: ";
        return Optional.of(
                "the btrfs of its storage pool has given up counting, as newer kernels do once a large container was deleted"
                        + orElse + flag.get()
                        + " is 1. There, 'btrfs quota rescan' of the pool's folder counts anew, and 8 in drop_subtree_threshold, beside that file,"
                        + " keeps it counting until it is mounted again");
    }

    private boolean staysUp(String flag, Duration patience) {
        Deadline deadline = Deadline.in(patience);
        try {
            while (isUp(flag)) {
                if (!deadline.pause()) {
                    return true;
                }
            }
            return false;
        } catch (InterruptedException e) {
            throw Waiting.interrupted(
                    "waiting until the btrfs of the storage pool of '" + guest.name() + "' has counted anew", e);
        }
    }

    private boolean isUp(String flag) {
        GuestFiles files = guest.files();
        return files.exists(flag) && files.readString(flag).strip().equals("1");
    }

    /** {@return the folder of the root disk's file system in sysfs, where it is a btrfs} */
    private Optional<String> btrfs() {
        GuestFiles files = guest.files();
        if (!files.isDirectory(FILE_SYSTEMS)) {
            return Optional.empty();
        }
        return files.readString("/proc/1/mountinfo")
                .lines()
                .map(DiskQuota::deviceOfRoot)
                .flatMap(Optional::stream)
                .findFirst()
                .flatMap(device -> files.list(FILE_SYSTEMS).stream()
                        .map(FileStat::path)
                        .filter(fileSystem -> isOn(fileSystem + "/devices", device))
                        .findFirst());
    }

    /** {@return the name of the block device, where a line of {@code mountinfo} (see {@code proc_pid_mountinfo(5)}) is of a btrfs at the root} */
    private static Optional<String> deviceOfRoot(String line) {
        List<String> words = Arrays.asList(line.split(" "));
        int end = words.indexOf("-");
        if (end < 5
                || words.size() < end + 3
                || !words.get(4).equals("/")
                || !words.get(end + 1).equals("btrfs")) {
            return Optional.empty();
        }
        String source = words.get(end + 2);
        return Optional.of(source.substring(source.lastIndexOf('/') + 1));
    }

    /** The kernel's name of a device is in the folder; a device of the device mapper is mounted by its own name. */
    private boolean isOn(String devices, String device) {
        GuestFiles files = guest.files();
        return files.exists(devices + "/" + device)
                || files.isDirectory(devices)
                        && files.list(devices).stream().anyMatch(entry -> {
                            String name = entry.path() + "/dm/name";
                            return files.exists(name)
                                    && files.readString(name).strip().equals(device);
                        });
    }
}
