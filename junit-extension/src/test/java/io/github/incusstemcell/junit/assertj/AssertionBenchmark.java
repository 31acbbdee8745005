package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What each kind of assertion takes, beside an {@code incus exec} that asks the same, in turn. Seconds of the processor are those of the
 * whole machine. {@code dev/bench AssertionBenchmark}; the number of rounds is that of the environment variable {@code
 * INCUS_STEMCELL_DEV_BENCH_ROUNDS}, or 21.
 */
@IncusStemcell
@Timeout(1800)
class AssertionBenchmark {

    private static final int ROUNDS =
            Integer.parseInt(System.getenv().getOrDefault("INCUS_STEMCELL_DEV_BENCH_ROUNDS", "21"));
    private static final int WARM_UP = 5;
    private static final Path RECORD = Path.of("target/bench/assertions.csv");

    /** USER_HZ, in which proc_stat(5) counts. */
    private static final double TICKS = 100;

    private record Row(Consumer<StemcellAssert> assertion, String... exec) {}

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        rows.put(
                "unit",
                new Row(on -> on.unit("systemd-journald").isActive(), "systemctl", "is-active", "systemd-journald"));
        rows.put("systemd", new Row(on -> on.systemd().isRunning(), "systemctl", "is-system-running"));
        rows.put(
                "timer",
                new Row(on -> on.timer("systemd-tmpfiles-clean.timer").isScheduled(), "systemctl", "list-timers"));
        rows.put("file", new Row(on -> on.file("/etc/passwd").hasMode(0644), "stat", "/etc/passwd"));
        rows.put("file content", new Row(on -> on.file("/etc/passwd").contains("root"), "grep", "root", "/etc/passwd"));
        rows.put("file's link", new Row(on -> on.file("/bin").resolvesTo("/usr/bin"), "readlink", "-e", "/bin"));
        rows.put(
                "file's access",
                new Row(
                        on -> on.file("/etc/passwd").isReadableBy("nobody"),
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=65534",
                        "--init-groups",
                        "test",
                        "-r",
                        "/etc/passwd"));
        rows.put("files", new Row(on -> on.files("/etc/*.conf").isNotEmpty(), "sh", "-c", "ls /etc/*.conf"));
        rows.put("tree", new Row(on -> on.file("/etc/systemd").tree().isNotEmpty(), "find", "/etc/systemd"));
        rows.put("user", new Row(on -> on.user("root").hasUid(0), "getent", "passwd", "root"));
        rows.put("users", new Row(on -> on.users().satisfies(all -> true, "be there"), "getent", "passwd"));
        rows.put("group", new Row(on -> on.group("root").hasGid(0), "getent", "group", "root"));
        rows.put("socket", new Row(on -> on.socket(tcp(1)).isNotListening(), "cat", "/proc/net/tcp", "/proc/net/tcp6"));
        rows.put(
                "sysctl",
                new Row(on -> on.sysctl("kernel.ostype").hasValue("Linux"), "cat", "/proc/sys/kernel/ostype"));
        rows.put("mount", new Row(on -> on.mount("/proc").hasType("proc"), "cat", "/proc/self/mountinfo"));
        rows.put("package", new Row(on -> on.packageNamed("dpkg").isInstalled(), "dpkg-query", "-W", "dpkg"));
        rows.put(
                "package's version",
                new Row(
                        on -> on.packageNamed("dpkg").hasVersionAtLeast("1.0"),
                        "sh",
                        "-c",
                        "dpkg --compare-versions $(dpkg-query -W -f '${Version}' dpkg) ge 1.0"));
        rows.put(
                "process", new Row(on -> on.process("systemd-journald").isRunning(), "pgrep", "-x", "systemd-journal"));
        rows.put("route", new Row(on -> on.route("default").exists(), "ip", "route", "show", "default"));
        rows.put("interface", new Row(on -> on.networkInterface("eth0").isUp(), "ip", "address", "show", "eth0"));
        rows.put("host", new Row(on -> on.host("localhost").resolves(), "getent", "hosts", "localhost"));
        rows.put(
                "os-release",
                new Row(on -> on.osRelease().satisfies(all -> true, "be there"), "cat", "/etc/os-release"));
        rows.put("command", new Row(on -> on.command("true").succeeds(), "true"));
        return rows;
    }

    @Test
    void eachKind(StemcellContainer stemcell) throws Exception {
        Files.createDirectories(RECORD.getParent());
        List<String> record = new ArrayList<>(List.of("row,variant,round,wall_ms"));
        System.out.printf("cores: %d, rounds: %d%n", Runtime.getRuntime().availableProcessors(), ROUNDS);
        for (Map.Entry<String, Row> row : rows().entrySet()) {
            measure(stemcell, row.getKey(), row.getValue(), record);
        }
        Files.write(RECORD, record);
    }

    private static void measure(StemcellContainer stemcell, String name, Row row, List<String> record)
            throws Exception {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        double[] busy = new double[2];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            double before = busy();
            long begin = System.nanoTime();
            row.assertion().accept(StemcellAssertions.assertThat(stemcell));
            double our = (System.nanoTime() - begin) / 1e6;
            double between = busy();
            begin = System.nanoTime();
            incus(stemcell, row.exec());
            double their = (System.nanoTime() - begin) / 1e6;
            if (round >= 0) {
                ours[round] = our;
                theirs[round] = their;
                busy[0] += between - before;
                busy[1] += busy() - between;
                record.add(String.format(Locale.ROOT, "%s,ours,%d,%.2f", name, round, our));
                record.add(String.format(Locale.ROOT, "%s,incus exec,%d,%.2f", name, round, their));
            }
        }
        print(name, ours, theirs, busy);
    }

    private static void print(String name, double[] ours, double[] theirs, double[] busy) {
        Arrays.sort(ours);
        Arrays.sort(theirs);
        System.out.printf(
                Locale.ROOT,
                "%-18s 1/%.1f of incus exec: %6.2f ms (%.2f to %.2f), exec %6.1f ms (%.1f to %.1f); processor %.1f and %.1f ms%n",
                name,
                theirs[ROUNDS / 2] / ours[ROUNDS / 2],
                ours[ROUNDS / 2],
                ours[ROUNDS / 10],
                ours[ROUNDS - 1 - ROUNDS / 10],
                theirs[ROUNDS / 2],
                theirs[ROUNDS / 10],
                theirs[ROUNDS - 1 - ROUNDS / 10],
                busy[0] * 1000 / ROUNDS,
                busy[1] * 1000 / ROUNDS);
    }

    private static void incus(StemcellContainer stemcell, String... command) throws Exception {
        List<String> argv =
                new ArrayList<>(List.of("incus", "exec", "--project", "incus-stemcell", stemcell.name(), "--"));
        argv.addAll(List.of(command));
        Process exec = new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(exec.waitFor()).as(String.join(" ", argv)).isLessThan(126);
    }

    /** All but idle and waiting for disks, of all processors since the boot. */
    private static double busy() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] ticks = lines.findFirst().orElseThrow().split(" +");
            return Stream.of(1, 2, 3, 6, 7)
                            .mapToLong(i -> Long.parseLong(ticks[i]))
                            .sum()
                    / TICKS;
        }
    }
}
