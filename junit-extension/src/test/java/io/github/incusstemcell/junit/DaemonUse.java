package io.github.incusstemcell.junit;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.NetworkInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a daemon that nobody else uses has and uses at a moment.
 *
 * @param instances of all projects
 * @param networks that it manages
 * @param leases of all networks that it manages
 * @param ports of their bridges
 * @param loopDevices whose file is its own
 * @param storage that is used in all its pools, in bytes
 * @param goroutines of the daemon
 * @param heap of the daemon, in bytes, which it collects when it likes
 * @param files that the daemon has open; -1 where only root may know
 */
record DaemonUse(
        long instances,
        long networks,
        int leases,
        int ports,
        long loopDevices,
        long storage,
        long goroutines,
        long heap,
        long files) {

    private static final Pattern USED_SPACE = Pattern.compile("\"space\"\\s*:\\s*\\{[^}]*\"used\"\\s*:\\s*(\\d+)");

    private static final long STORAGE_GROWTH = 32 << 20;
    private static final long HEAP_GROWTH = 64 << 20;

    /** Connections that end, and what the daemon does by the clock. */
    private static final long ROUTINES = 20;

    static DaemonUse now() throws IOException, InterruptedException {
        Path folder = Path.of(System.getenv("INCUS_DIR"));
        try (Incus incus = Incus.connect()) {
            // Those of the daemon itself are there only where no project is named.
            String metrics = run("incus", "query", "/1.0/metrics");
            return new DaemonUse(
                    run("incus", "list", "--all-projects", "--format", "csv", "--columns", "n")
                            .lines()
                            .filter(name -> !name.isBlank())
                            .count(),
                    incus.networks().list().stream()
                            .filter(NetworkInfo::isManaged)
                            .count(),
                    incus.networks().list().stream()
                            .filter(NetworkInfo::isManaged)
                            .mapToInt(network ->
                                    incus.networks().leases(network.name()).size())
                            .sum(),
                    LeakTest.bridgePorts().size(),
                    loopDevices(folder),
                    storage(incus),
                    metric(metrics, "incus_go_goroutines"),
                    metric(metrics, "incus_go_heap_alloc_bytes"),
                    openFiles(folder));
        }
    }

    boolean isAsBefore(DaemonUse before) {
        return instances <= before.instances
                && networks <= before.networks
                && leases <= before.leases
                && ports <= before.ports
                && loopDevices <= before.loopDevices
                && storage <= before.storage + STORAGE_GROWTH
                && goroutines <= before.goroutines + ROUTINES
                && heap <= before.heap + HEAP_GROWTH
                && files <= before.files + ROUTINES;
    }

    private static long metric(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Incus has no " + name + " among its metrics:\n" + metrics));
    }

    private static long storage(Incus incus) throws IOException, InterruptedException {
        long used = 0;
        for (var pool : incus.storagePools().list()) {
            Matcher resources =
                    USED_SPACE.matcher(run("incus", "query", "/1.0/storage-pools/" + pool.name() + "/resources"));
            if (!resources.find()) {
                throw new AssertionError("The pool " + pool.name() + " does not say how full it is");
            }
            used += Long.parseLong(resources.group(1));
        }
        return used;
    }

    private static long loopDevices(Path folder) throws IOException {
        try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
            return devices.map(device -> device.resolve("loop/backing_file"))
                    .filter(Files::exists)
                    .filter(file -> read(file).startsWith(folder.toString()))
                    .count();
        }
    }

    /** Of the process that was started with that folder, and started no other itself. */
    private static long openFiles(Path folder) throws IOException {
        Optional<Path> daemon = ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc", "" + process.pid()))
                .filter(process -> read(process.resolve("comm")).strip().equals("incusd"))
                .filter(process -> read(process.resolve("cmdline")).contains("\0--group\0"))
                .filter(process -> read(process.resolve("environ")).contains("INCUS_DIR=" + folder + "\0"))
                .findFirst();
        if (daemon.isEmpty()) {
            return -1;
        }
        try (Stream<Path> files = Files.list(daemon.get().resolve("fd"))) {
            return files.count();
        }
    }

    /** Empty where it is gone, or not for us to read. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
