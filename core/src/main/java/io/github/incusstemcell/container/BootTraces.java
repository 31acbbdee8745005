package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the boot of a machine makes for that one machine, and what must not be in an image of it: its identity, and the record of its
 * life. Looked at before the boot and after it, so that it can be put back without touching what is done to the machine later.
 */
final class BootTraces {

    private static final List<String> IDENTITIES = List.of("/etc/machine-id", "/var/lib/dbus/machine-id");

    private static final String SSH = "/etc/ssh";
    private static final String HOST_KEY = "ssh_host_";

    /** With old stamps, timers with {@code Persistent=} would catch up in each new container (systemd.timer(5)). */
    private static final String TIMERS = "/var/lib/systemd/timers";

    private static final String LOGS = "/var/log";

    private final GuestFiles files;
    private final State before;
    private State booted;

    private BootTraces(GuestFiles files) {
        this.files = files;
        this.before = look();
        this.booted = before;
    }

    /** A look at a machine that was never booted. */
    static BootTraces beforeBoot(GuestFiles files) {
        return new BootTraces(files);
    }

    /** A look at the machine once it has booted. */
    void booted() {
        booted = look();
    }

    /**
     * A moment of a machine.
     *
     * @param identity files that are small and kept whole
     * @param stamps files of which only their being there matters
     * @param logs files, symbolic links and folders below the folder of logs
     */
    private record State(Map<String, Kept> identity, Set<String> stamps, Map<String, FileStat> logs) {}

    /** A file as it was. */
    private record Kept(FileStat stat, byte[] content) {

        boolean isSameAs(@Nullable Kept other) {
            return other != null && Arrays.equals(content, other.content);
        }
    }

    private State look() {
        Map<String, Kept> identity = new TreeMap<>();
        IDENTITIES.forEach(path -> files.find(path).ifPresent(stat -> keep(identity, stat)));
        list(SSH).stream().filter(stat -> stat.name().startsWith(HOST_KEY)).forEach(stat -> keep(identity, stat));
        Set<String> stamps = new HashSet<>();
        list(TIMERS).forEach(stat -> stamps.add(stat.path()));
        Map<String, FileStat> logs = new TreeMap<>();
        addLogs(logs, LOGS);
        return new State(identity, stamps, logs);
    }

    private void keep(Map<String, Kept> identity, FileStat stat) {
        if (stat.isFile()) {
            identity.put(stat.path(), new Kept(stat, files.readBytes(stat.path())));
        }
    }

    private void addLogs(Map<String, FileStat> logs, String folder) {
        for (FileStat stat : list(folder)) {
            logs.put(stat.path(), stat);
            if (stat.isDirectory()) {
                addLogs(logs, stat.path());
            }
        }
    }

    /** A symbolic link in place of the folder leads to where others write. */
    private List<FileStat> list(String folder) {
        return files.find(folder).filter(FileStat::isDirectory).isPresent() ? files.list(folder) : List.of();
    }

    /** Puts everything back to what it was before the boot, in a machine that has stopped. */
    void remove() {
        State now = look();
        booted.identity().forEach((path, atBoot) -> {
            // Who has changed it since wants it so.
            if (atBoot.isSameAs(now.identity().get(path))) {
                putBack(path, Optional.ofNullable(before.identity().get(path)));
            }
        });
        now.stamps().stream().filter(stamp -> !before.stamps().contains(stamp)).forEach(files::deleteRecursively);
        now.logs().forEach((path, log) -> removeEntries(log));
    }

    private void putBack(String path, Optional<Kept> earlier) {
        if (earlier.isEmpty()) {
            files.delete(path);
            return;
        }
        FileStat stat = earlier.get().stat();
        files.write(path, earlier.get().content());
        files.setOwner(path, stat.uid(), stat.gid());
        files.setPermissions(path, stat.mode());
    }

    /** Logs that the boot began go. Those that were there, and empty, are empty again; others were not written by this machine alone. */
    private void removeEntries(FileStat log) {
        FileStat earlier = before.logs().get(log.path());
        if (earlier == null && booted.logs().containsKey(log.path())) {
            files.deleteRecursively(log.path());
        } else if (earlier != null && earlier.isFile() && earlier.size() == 0 && log.isFile() && log.size() > 0) {
            files.write(log.path(), new byte[0]);
        }
    }
}
