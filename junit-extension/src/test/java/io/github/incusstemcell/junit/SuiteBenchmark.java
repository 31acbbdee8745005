package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * How long suites of small tests take, and how long their tests wait for their containers: ours, ours without starts ahead, and a shell
 * script that does the same by the {@code incus} command and deletes in the background; in turn, each in a process of its own, from its
 * start to its end. Seconds of the processor are those of the whole machine. {@code dev/bench SuiteBenchmark}; the number of rounds is
 * that of the environment
 * variable {@code INCUS_STEMCELL_DEV_BENCH_ROUNDS}, or 3.
 */
@Timeout(value = 60, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = ThreadMode.SAME_THREAD)
class SuiteBenchmark {

    private static final int ROUNDS =
            Integer.parseInt(System.getenv().getOrDefault("INCUS_STEMCELL_DEV_BENCH_ROUNDS", "3"));
    private static final int TESTS = 40;
    private static final int WAITING_TESTS = 8;
    private static final int THREADS = 4;
    private static final Path RECORD = Path.of("target/bench/suite.csv");

    /** USER_HZ, in which proc_stat(5) counts. */
    private static final double TICKS = 100;

    /** What a process took: seconds by the clock, seconds of the processor, and the median wait of its tests, in milliseconds. */
    private record Cost(double wall, double cpu, double waited) {}

    private interface Work {
        double run() throws Exception;
    }

    @BeforeAll
    static void warmUp() throws Exception {
        Files.createDirectories(RECORD.getParent());
        Files.writeString(RECORD, "row,variant,round,wall_s,cpu_s,median_wait_ms\n");
        ours("", 2, 0, 1);
    }

    @Test
    void oneAfterTheOther() throws Exception {
        compare("40 tests, one after the other", TESTS, 0, 1);
    }

    @Test
    void fourAtOnce() throws Exception {
        compare("40 tests, four at once", TESTS, 0, THREADS);
    }

    @Test
    void waitsAtBodiesOfNoTime() throws Exception {
        compare("8 tests of 0 s", WAITING_TESTS, 0, 1);
    }

    @Test
    void waitsAtBodiesOfHalfASecond() throws Exception {
        compare("8 tests of 0.5 s", WAITING_TESTS, 500, 1);
    }

    @Test
    void waitsAtBodiesOfThreeSeconds() throws Exception {
        compare("8 tests of 3 s", WAITING_TESTS, 3_000, 1);
    }

    private static void compare(String row, int tests, int body, int threads) throws Exception {
        Map<String, Work> variants = new LinkedHashMap<>();
        variants.put("ours", () -> ours("", tests, body, threads));
        variants.put("none ahead", () -> ours("0", tests, body, threads));
        variants.put("script", () -> script(tests, body, threads));
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = 1; round <= ROUNDS; round++) {
            for (Map.Entry<String, Work> variant : variants.entrySet()) {
                Cost cost = measured(variant.getValue());
                costs.computeIfAbsent(variant.getKey(), absent -> new ArrayList<>())
                        .add(cost);
                Files.writeString(
                        RECORD,
                        String.format(
                                Locale.ROOT,
                                "%s,%s,%d,%.2f,%.2f,%s%n",
                                row.replace(",", ""),
                                variant.getKey(),
                                round,
                                cost.wall(),
                                cost.cpu(),
                                milliseconds(cost.waited())),
                        java.nio.file.StandardOpenOption.APPEND);
            }
        }
        print(row, costs);
    }

    private static Cost measured(Work work) throws Exception {
        double busy = busy();
        long begin = System.nanoTime();
        double wait = work.run();
        return new Cost((System.nanoTime() - begin) / 1e9, busy() - busy, wait);
    }

    private static void print(String row, Map<String, List<Cost>> costs) {
        double our = median(costs.get("ours"), Cost::wall);
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f of what the script takes, %.2f of what none ahead take%n",
                row,
                our / median(costs.get("script"), Cost::wall),
                our / median(costs.get("none ahead"), Cost::wall));
        costs.forEach((variant, all) -> System.out.printf(
                Locale.ROOT,
                "  %-10s %6.2f s (%.2f to %.2f), processor %6.2f s, median wait %s ms; medians of %d%n",
                variant,
                median(all, Cost::wall),
                all.stream().mapToDouble(Cost::wall).min().orElseThrow(),
                all.stream().mapToDouble(Cost::wall).max().orElseThrow(),
                median(all, Cost::cpu),
                milliseconds(median(all, Cost::waited)),
                all.size()));
    }

    /** A script does not say how long it waits. */
    private static String milliseconds(double waited) {
        return Double.isNaN(waited) ? "-" : Long.toString(Math.round(waited));
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> figure) {
        return costs.stream().mapToDouble(figure).sorted().toArray()[costs.size() / 2];
    }

    /** All but idle and waiting for disks, of all processors since the boot. */
    private static double busy() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] ticks = lines.findFirst().orElseThrow().split(" +");
            return (Long.parseLong(ticks[1])
                            + Long.parseLong(ticks[2])
                            + Long.parseLong(ticks[3])
                            + Long.parseLong(ticks[6])
                            + Long.parseLong(ticks[7]))
                    / TICKS;
        }
    }

    /** Returns the median wait of its tests, in milliseconds. */
    private static double ours(String ahead, int tests, int body, int threads) throws Exception {
        String output = finished(Kit.java(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                BenchmarkedSuite.class.getName(),
                ahead,
                "" + tests,
                "" + body,
                "" + threads));
        return output.lines()
                .filter(line -> line.startsWith("median wait: "))
                .mapToDouble(line -> Double.parseDouble(line.substring("median wait: ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** It takes the image that ours has prepared, on its network, and one RSA key for all, so that no guest has to compute any. */
    private static double script(int tests, int body, int threads) throws Exception {
        String one = """
                name=bench-$$-$1
                incus launch "$IMAGE" "$name" --no-profiles --storage "$POOL" --network "$NETWORK" \\
                    -c user.incus-stemcell.ssh-rsa-key="$KEY" </dev/null >/dev/null || exit 255
                until state=$(incus exec "$name" -- systemctl is-system-running --wait 2>/dev/null) || [ "$state" = degraded ]; do :; done
                incus exec "$name" -- true
                sleep %s
                incus delete --force "$name" &
                """.formatted(body / 1000.0);
        String all = """
                export INCUS_PROJECT=incus-stemcell
                export IMAGE=$(incus image list --format csv --columns f | head -1)
                export POOL=$(incus storage list --format csv | head -1 | cut -d, -f1)
                export NETWORK=$(incus network list --format csv | grep -m1 '^isc-.*,YES,' | cut -d, -f1)
                export KEY=$(openssl genrsa 2048 2>/dev/null)
                seq %d | xargs -P %d -I{} sh -c "$ONE" sh {}
                while incus list --format csv --columns n | grep -q ^bench-; do sleep 0.05; done
                """.formatted(tests, threads);
        ProcessBuilder script = new ProcessBuilder("sh", "-c", all).redirectErrorStream(true);
        script.environment().put("ONE", one);
        finished(script.start());
        return Double.NaN;
    }

    private static String finished(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
