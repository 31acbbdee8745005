package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What files cost both ways: 256 MiB beside {@code incus file}, and a tree of 5,000 files beside a tar stream through {@code incus exec};
 * in turn. No test, and not run with them: {@code dev/bench FilesBenchmark}; the number of rounds is that of the environment variable
 * {@code INCUS_STEMCELL_DEV_BENCH_ROUNDS}, or 5. Seconds of the processor are those of the whole machine.
 */
class FilesBenchmark {

    private static final int ROUNDS =
            Integer.parseInt(System.getenv().getOrDefault("INCUS_STEMCELL_DEV_BENCH_ROUNDS", "5"));
    private static final int LONG = 256 << 20;
    private static final int FILES = 5_000;
    private static final Path RECORD = Path.of("target/bench/files.csv");

    /** USER_HZ, in which proc_stat(5) counts. */
    private static final double TICKS = 100;

    private interface Work {
        void run() throws Exception;
    }

    private record Cost(double wall, double cpu) {}

    private final List<String> record = new ArrayList<>(List.of("row,variant,round,wall_s,cpu_s"));

    @Test
    void bothWays(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("long"), bytes(LONG));
        Path tree = tree(folder.resolve("tree"));
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET)) {
            Instance instance = daemon.started();
            GuestFiles files = instance.files();
            String guest = instance.name();
            String in = "incus --project " + instance.project() + " ";
            compare(
                    "push of 256 MiB",
                    () -> files.copyTo(file, "/ours"),
                    () -> sh(in + "file push -q " + file + " " + guest + "/theirs"));
            compare(
                    "pull of 256 MiB",
                    () -> files.copyFrom("/ours", folder.resolve("pulled")),
                    () -> sh(in + "file pull -q " + guest + "/theirs " + folder.resolve("theirs")));
            instance.exec(Command.of("rm", "/ours", "/theirs")).requireSuccess();
            compare(
                    "5,000 files up",
                    () -> files.copyTo(tree, "/tree"),
                    () -> sh("tar -C " + tree + " -c . | " + in + "exec " + guest
                            + " -- sh -c 'mkdir -p /tar && tar -C /tar -x'"));
            compare(
                    "5,000 files down",
                    () -> files.copyFrom("/tree", folder.resolve("down")),
                    () -> sh("mkdir -p " + folder + "/tar && " + in + "exec " + guest
                            + " -- tar -C /tree -c . | tar -C " + folder + "/tar -x"));
        }
        Files.createDirectories(RECORD.getParent());
        Files.write(RECORD, record);
    }

    private void compare(String row, Work ours, Work theirs) throws Exception {
        Map<String, Work> variants = new LinkedHashMap<>();
        variants.put("ours", ours);
        variants.put("incus", theirs);
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (Map.Entry<String, Work> variant : variants.entrySet()) {
                double busy = busy();
                long begin = System.nanoTime();
                variant.getValue().run();
                Cost cost = new Cost((System.nanoTime() - begin) / 1e9, busy() - busy);
                // The first of each only warms up.
                if (round > 0) {
                    costs.computeIfAbsent(variant.getKey(), absent -> new ArrayList<>())
                            .add(cost);
                    record.add(String.format(
                            Locale.ROOT,
                            "%s,%s,%d,%.3f,%.2f",
                            row.replace(",", ""),
                            variant.getKey(),
                            round,
                            cost.wall(),
                            cost.cpu()));
                }
            }
        }
        double[] our = sorted(costs.get("ours"));
        double[] their = sorted(costs.get("incus"));
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f of what incus takes: %.2f s (%.2f to %.2f) and %.2f s (%.2f to %.2f); processor %.2f and %.2f s%n",
                row,
                our[ROUNDS / 2] / their[ROUNDS / 2],
                our[ROUNDS / 2],
                our[0],
                our[ROUNDS - 1],
                their[ROUNDS / 2],
                their[0],
                their[ROUNDS - 1],
                cpu(costs.get("ours")),
                cpu(costs.get("incus")));
    }

    private static double[] sorted(List<Cost> costs) {
        return costs.stream().mapToDouble(Cost::wall).sorted().toArray();
    }

    private static double cpu(List<Cost> costs) {
        return costs.stream().mapToDouble(Cost::cpu).sorted().toArray()[costs.size() / 2];
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static Path tree(Path root) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path file = root.resolve(i / 100 + "/" + i);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes(1 + i % 4000));
        }
        return root;
    }

    private static void sh(String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as(script).isZero();
    }

    /** All but idle and waiting for disks, of all processors since the boot. */
    private static double busy() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        return Arrays.stream(new int[] {1, 2, 3, 6, 7})
                        .mapToLong(i -> Long.parseLong(ticks[i]))
                        .sum()
                / TICKS;
    }
}
