package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.incusstemcell.container.Diagnostics.FailedUnit;
import io.github.incusstemcell.container.Diagnostics.File;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is found out about guests that are well, and about some that are not. */
class DiagnosticsTest extends WithStemcells {

    private static final String[] ALL = {
        "journal.txt",
        "failed-units.txt",
        "system-state.txt",
        "processes.txt",
        "sockets.txt",
        "addresses.txt",
        "boot.svg",
        "commands.txt",
        "console.txt",
        "lxc.log",
        "instance.txt"
    };

    /** On a machine that is busy with other things a boot takes long to be drawn. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @Test
    void tellsWhatFailedInAGuestThatAnswers() {
        try (StemcellContainer stemcell = stemcells.launch(
                TestMachine.spec().toBuilder().owner("diagnosed").build())) {
            stemcell.systemd().writeUnit("broken", """
                    [Service]
                    Type=oneshot
                    ExecStart=/bin/sh -c "echo port 80 is taken; journalctl --sync; exit 3"
                    """);
            stemcell.exec("systemctl", "start", "broken");
            stemcell.exec(Command.of("sh", "-c", "echo out; echo err >&2").user("vcap"));

            Diagnostics diagnostics = stemcell.diagnose(PATIENT);

            assertThat(diagnostics.files()).extracting(File::name).containsExactly(ALL);
            assertThat(troubles(diagnostics)).isEmpty();
            assertThat(diagnostics.container()).isEqualTo(stemcell.name());
            assertThat(diagnostics.status()).isEqualTo("Running");
            assertThat(diagnostics.systemState()).isEqualTo("degraded");
            assertThat(diagnostics.failedUnits())
                    .extracting(FailedUnit::name, FailedUnit::result)
                    .containsExactly(tuple("broken.service", "exit-code, status 3"));
            assertThat(diagnostics.failedUnits().get(0).journal())
                    .anyMatch(line -> line.contains(": port 80 is taken"));
            assertThat(text(diagnostics, "journal.txt")).contains("port 80 is taken");
            assertThat(text(diagnostics, "failed-units.txt"))
                    .contains("broken.service", "status=3", "port 80 is taken");
            assertThat(text(diagnostics, "system-state.txt")).contains("state: degraded", "multi-user.target");
            assertThat(text(diagnostics, "processes.txt")).contains("systemd-journald");
            assertThat(text(diagnostics, "sockets.txt")).contains("/run/systemd/private");
            assertThat(text(diagnostics, "addresses.txt"))
                    .contains(stemcell.address().getHostAddress());
            assertThat(text(diagnostics, "boot.svg")).contains("</svg>");
            assertThat(text(diagnostics, "instance.txt")).contains("user.incus-stemcell.owner: diagnosed", "  eth0:\n");
            assertThat(withoutTimes(text(diagnostics, "commands.txt"))).isEqualTo("""
                    T systemctl start broken
                                 -> ** exit code 1 after N ms
                          stderr| Job for broken.service failed because the control process exited with error code.
                          stderr| See "systemctl status broken.service" and "journalctl -xeu broken.service" for details.
                    T (vcap) sh -c 'echo out; echo err >&2'
                                 -> exit code 0 after N ms
                          stdout| out
                          stderr| err
                    """);
            assertThat(diagnostics.lastCommands())
                    .extracting(DiagnosticsTest::withoutTimes)
                    .containsExactly(
                            "systemctl start broken -> exit code 1 after N ms",
                            "sh -c 'echo out; echo err >&2' -> exit code 0 after N ms");
        }
    }

    @Test
    void resumesAPausedGuestMeanwhile() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.pause();

            Diagnostics diagnostics = stemcell.diagnose(PATIENT);

            assertThat(diagnostics.status()).isEqualTo("Frozen");
            assertThat(diagnostics.systemState()).isEqualTo("running");
            assertThat(troubles(diagnostics)).isEmpty();
            assertThat(stemcell.diagnose(PATIENT).status()).isEqualTo("Frozen");
        }
    }

    @Test
    void pausesAGuestAgainThatTookAllTheTimeThereWas() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.shell("echo 1 > /sys/fs/cgroup/init.scope/cgroup.freeze").requireSuccess();
            stemcell.pause();

            assertThat(stemcell.diagnose().status()).isEqualTo("Frozen");

            assertThat(stemcell.state().status()).isEqualTo("Frozen");
        }
    }

    @Test
    void asksOnlyTheDaemonAboutAStoppedGuest() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.stop();

            Diagnostics diagnostics = stemcell.diagnose(PATIENT);

            String why = "the container is not running, it is Stopped";
            assertThat(diagnostics.systemState()).isEqualTo("unknown: " + why);
            assertThat(diagnostics.files()).extracting(File::name).containsExactly(ALL);
            assertThat(troubles(diagnostics))
                    .startsWith(
                            "journal.txt: " + why,
                            "failed-units.txt: " + why,
                            "system-state.txt: " + why,
                            "processes.txt: " + why,
                            "sockets.txt: " + why,
                            "addresses.txt: " + why,
                            "boot.svg: " + why);
            assertThat(text(diagnostics, "instance.txt")).contains("status: Stopped");
        }
    }

    @Test
    void doesWithoutASystemdThatHangs() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.shell("echo 1 > /sys/fs/cgroup/init.scope/cgroup.freeze").requireSuccess();
            Instant begin = Instant.now();

            Diagnostics diagnostics = stemcell.diagnose();

            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
            assertThat(text(diagnostics, "journal.txt")).contains("systemd[1]: Startup finished");
            assertThat(text(diagnostics, "processes.txt")).contains("systemd-journald");
            assertThat(diagnostics.systemState()).isEqualTo("unknown: no answer within 4.5s");
            assertThat(troubles(diagnostics))
                    .containsExactly(
                            "failed-units.txt: no answer within 4.5s",
                            "system-state.txt: no answer within 4.5s",
                            "boot.svg: no answer within 4.5s");
        }
    }

    @Test
    void isBoundedInSizeAndMarksWhatIsLeftOut() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.shell("yes \"$(head -c 1000 /dev/zero | tr '\\0' x)\" | head -n 4000 | systemd-cat -t filler;"
                            + " journalctl --sync; echo newest | systemd-cat -t filler; journalctl --sync")
                    .requireSuccess();

            File journal = stemcell.diagnose(PATIENT).file("journal.txt").orElseThrow();

            List<String> lines = journal.text().lines().toList();
            List<String> filler =
                    lines.stream().filter(line -> line.contains(" filler[")).toList();
            assertThat(journal.content().length).isBetween(2 << 20, (2 << 20) + 100);
            assertThat(lines.get(0)).matches("\\[the first \\d+ bytes are left out]");
            assertThat(filler).hasSizeBetween(1900, 2100).last().asString().endsWith(": newest");
            assertThat(filler.subList(0, filler.size() - 1)).allMatch(line -> line.endsWith("xxx"));
        }
    }

    @Test
    void isMadeOfAStartThatFails() {
        List<Diagnostics> collected = new ArrayList<>();
        GuestOverlay overlay = GuestOverlay.standard();
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .overlay(overlay)
                .owner("never boots")
                .startupTimeout(Duration.ofMillis(1))
                .build();

        StartupTimeoutException failure = catchThrowableOfType(
                StartupTimeoutException.class,
                () -> stemcells.launch(spec, collected::add).close());

        assertThat(failure).isNotNull();
        assertThat(collected).hasSize(1);
        assertThat(text(collected.get(0), "instance.txt")).contains("user.incus-stemcell.owner: never boots");
        assertThat(TestMachine.instancesOf("never boots")).isEmpty();
    }

    @Test
    void keepsWhatIsNoPictureOfABootAsText() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.files().writeString("/usr/local/bin/systemd-analyze", """
                    #!/bin/sh
                    echo '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
                    """);
            stemcell.exec("chmod", "+x", "/usr/local/bin/systemd-analyze").requireSuccess();

            File boot = stemcell.diagnose(PATIENT).file("boot.svg.txt").orElseThrow();

            assertThat(boot.trouble()).contains("what the guest drew is kept as text: it has the element script");
        }
    }

    @Test
    void takesNoPictureForHarmlessThatABrowserWouldRun() {
        assertThat(objection("<svg onload='x()'/>")).contains("it has the attribute onload");
        assertThat(objection("<svg><a href='x'/></svg>")).contains("it has the element a");
        assertThat(objection("<?xml-stylesheet href='x'?><svg/>"))
                .contains("it has the processing instruction xml-stylesheet");
        assertThat(objection("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>")).contains("it defines entities of its own");
        assertThat(objection("<svg>").orElseThrow()).startsWith("it is no XML: ");
        assertThat(objection("<svg><rect class='a'/></svg>")).isEmpty();
    }

    private static Optional<String> objection(String svg) {
        return BootPicture.objection(svg.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> troubles(Diagnostics diagnostics) {
        return diagnostics.files().stream()
                .filter(file -> file.trouble().isPresent())
                .map(file -> file.name() + ": " + file.trouble().get())
                .toList();
    }

    private static String text(Diagnostics diagnostics, String file) {
        return diagnostics.file(file).orElseThrow().text();
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "T").replaceAll("\\d+ ms", "N ms");
    }
}
