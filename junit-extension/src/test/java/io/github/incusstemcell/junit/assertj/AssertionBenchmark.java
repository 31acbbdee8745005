package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Program;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What each kind of assertion takes, beside an {@code incus exec} that asks the same. */
@IncusStemcell
class AssertionBenchmark {

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
        for (Map.Entry<String, Row> row : rows().entrySet()) {
            List<String> exec =
                    new ArrayList<>(List.of("incus", "exec", "--project", "incus-stemcell", stemcell.name(), "--"));
            exec.addAll(List.of(row.getValue().exec()));
            new Comparison(getClass(), "assertion: " + row.getKey())
                    .variant("ours", round -> row.getValue().assertion().accept(assertThat(stemcell)))
                    .variant("incus exec", round -> Program.run(exec))
                    .run(5, 21);
        }
    }
}
