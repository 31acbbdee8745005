package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads and drives the systemd of a real guest. */
class SystemdTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Guest guest;
    private static Systemd systemd;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        systemd = Systemd.of(guest.instance());
        systemd.waitUntilBooted(Duration.ofSeconds(60));
    }

    @AfterAll
    static void delete() {
        systemd.close();
        guest.close();
    }

    @Test
    void readsAServiceThatRuns() {
        Unit unit = systemd.unit("systemd-journald");

        assertThat(unit.name()).isEqualTo("systemd-journald.service");
        assertThat(unit.exists()).isTrue();
        assertThat(unit.loadState()).isEqualTo(LoadState.LOADED);
        assertThat(unit.activeState()).isEqualTo(ActiveState.ACTIVE);
        assertThat(unit.subState()).isEqualTo("running");
        assertThat(unit.unitFileState()).isEqualTo(UnitFileState.STATIC);
        assertThat(unit.result()).contains("success");
        assertThat(unit.restarts()).isEqualTo(OptionalInt.of(0));
        assertThat(unit.mainPid())
                .hasValue(Long.parseLong(guest.run("pidof systemd-journald").strip()));
        assertThat(unit.invocationId().orElseThrow()).matches("[0-9a-f]{32}");
        assertThat(unit.activeEnter().orElseThrow()).isBetween(Instant.now().minusSeconds(300), Instant.now());
        assertThat(unit.cpuTime().orElseThrow()).isPositive();
        assertThat(unit.exitCode()).isEmpty();
        assertThat(unit.signal()).isEmpty();
        assertThat(unit.dependencies(Dependency.REQUIRES)).contains("systemd-journald.socket");
        assertThat(unit.fragmentPath().orElseThrow()).endsWith("/systemd/system/systemd-journald.service");
        assertThat(unit.needsDaemonReload()).isFalse();
        assertThat(unit.property("WatchdogUSec")).isPresent();
        assertThat(unit.property("NoSuchProperty")).isEmpty();
    }

    @Test
    void saysOfAUnitThatIsNotThereThatItIsNot() {
        Unit unit = systemd.unit("no-such");

        assertThat(unit.exists()).isFalse();
        assertThat(unit.loadState()).isEqualTo(LoadState.NOT_FOUND);
        assertThat(unit).hasToString("not-found");
    }

    @Test
    void refusesANameThatNoUnitCanHave() {
        assertThatThrownBy(() -> systemd.unit("no such/unit"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Not the name of a unit: 'no such/unit'; letters, digits and any of :-_.\\@ are what it may have,"
                                + " and systemd-escape(1) makes one of a path");
        assertThatThrownBy(() -> systemd.answeringWithin(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a time in which systemd could answer: PT0S");
        assertThatThrownBy(() -> systemd.watch("getty@.service"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("getty@.service is a template, which systemd does not run;"
                        + " name one of its instances, as getty@x.service");
    }

    @Test
    void knowsHowAServiceFailed() {
        systemd.writeUnit("exits7", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo going down; exit 7'\n");

        assertThatThrownBy(() -> systemd.start("exits7"))
                .isInstanceOf(UnitFailedException.class)
                .message()
                .matches("(?s)Cannot start exits7\\.service on " + guest.name()
                        + ": the job ended with failed, and the unit is failed \\(failed\\)  Result=exit-code  status=7  NRestarts=0\n"
                        + "  unit file: /etc/systemd/system/exits7\\.service \\(static, NeedDaemonReload=no\\)\n"
                        + "  queued jobs: none\n"
                        + "  journal of this invocation \\(last \\d+ lines\\):\n"
                        + ".*    \\d\\d:\\d\\d:\\d\\d\\.\\d{6} sh\\[\\d+\\]: going down\n.*");
        Unit unit = systemd.unit("exits7");
        assertThat(unit.activeState()).isEqualTo(ActiveState.FAILED);
        assertThat(unit.result()).contains("exit-code");
        assertThat(unit.exitCode()).hasValue(7);
        assertThat(unit.signal()).isEmpty();
        assertThat(systemd.failedUnits()).extracting(UnitSummary::name).contains("exits7.service");

        systemd.resetFailed("exits7");

        assertThat(systemd.failedUnits()).extracting(UnitSummary::name).doesNotContain("exits7.service");
    }

    @Test
    void knowsOfWhichSignalAServiceDied() {
        systemd.writeUnit("killed", "[Service]\nExecStart=/bin/sleep 1000\n");
        systemd.start("killed");
        try (UnitWatch watch = systemd.watch("killed")) {
            systemd.kill("killed", 9);

            Unit unit = watch.await(now -> now.activeState() == ActiveState.FAILED, LIMIT)
                    .orElseThrow();

            assertThat(unit.signal()).hasValue(9);
            assertThat(unit.exitCode()).isEmpty();
            assertThat(unit.result()).contains("signal");
            assertThat(unit.dumpedCore()).isFalse();
        } finally {
            systemd.resetFailed("killed");
        }
    }

    @Test
    void startsStopsAndRestarts() {
        systemd.writeUnit(
                "sleeps",
                "[Service]\nExecStart=/bin/sleep 1000\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n");

        systemd.start("sleeps");
        Unit first = systemd.unit("sleeps");
        systemd.restart("sleeps");
        Unit second = systemd.unit("sleeps");
        systemd.reload("sleeps");
        systemd.stop("sleeps");

        assertThat(first.activeState()).isEqualTo(ActiveState.ACTIVE);
        assertThat(second.invocationId()).isNotEqualTo(first.invocationId());
        assertThat(systemd.unit("sleeps").activeState()).isEqualTo(ActiveState.INACTIVE);
    }

    @Test
    void enablesDisablesAndMasks() {
        systemd.writeUnit("enabled", "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        assertThat(systemd.unit("enabled").unitFileState()).isEqualTo(UnitFileState.DISABLED);

        systemd.enable("enabled");
        assertThat(systemd.unit("enabled").unitFileState()).isEqualTo(UnitFileState.ENABLED);
        assertThat(systemd.unit("enabled").dependencies(Dependency.WANTED_BY)).containsExactly("multi-user.target");
        systemd.disable("enabled");
        assertThat(systemd.unit("enabled").unitFileState()).isEqualTo(UnitFileState.DISABLED);

        systemd.mask("no-such-yet");
        assertThat(systemd.unit("no-such-yet").loadState()).isEqualTo(LoadState.MASKED);
        assertThat(systemd.unitFiles()).containsEntry("no-such-yet.service", UnitFileState.MASKED);
        assertThatThrownBy(() -> systemd.start("no-such-yet"))
                .isInstanceOf(SystemdException.class)
                .hasMessage("systemd of " + guest.name() + " refused StartUnit: Unit no-such-yet.service is masked.");
        systemd.unmask("no-such-yet");
        assertThat(systemd.unit("no-such-yet").exists()).isFalse();
    }

    @Test
    void readsADropIn() {
        systemd.writeUnit("dropped", "[Service]\nExecStart=/bin/sleep 1000\n");

        systemd.writeDropIn("dropped", "restart", "[Service]\nRestart=always\nTimeoutStartSec=90.5\n");

        Unit unit = systemd.unit("dropped");
        assertThat(unit.dropIns()).containsExactly("/etc/systemd/system/dropped.service.d/restart.conf");
        assertThat(unit.property("Restart")).contains("always");
        assertThat(unit.property("TimeoutStartUSec")).contains("1min 30.500000s");
    }

    @Test
    void tellsOfAConditionThatIsNotMet() {
        systemd.writeUnit("conditional", """
                [Unit]
                ConditionPathExists=!/etc
                ConditionPathExists=/etc
                [Service]
                Type=oneshot
                ExecStart=/bin/true
                [Install]
                WantedBy=multi-user.target
                """);
        systemd.enable("conditional"); // so that systemd does not forget it

        UnitRun run = systemd.runUnit("conditional", LIMIT);

        assertThat(run.job()).isEqualTo("done");
        assertThat(run.unit().conditionsMet()).contains(false);
        assertThat(run.isSuccess()).isFalse();
        assertThat(systemd.unit("conditional").conditions())
                .containsExactlyInAnyOrder(
                        new UnitCondition("ConditionPathExists", false, true, "/etc", false),
                        new UnitCondition("ConditionPathExists", false, false, "/etc", true));
        assertThatThrownBy(run::requireSuccess)
                .message()
                .isEqualTo("The run of conditional.service did not succeed: job done, inactive (dead)  Result=success"
                        + "  NRestarts=0  ConditionResult=no\n  journal of this invocation: empty");
    }

    @Test
    void runsAOneshotThatSystemdForgetsAtOnce() {
        systemd.writeUnit("once", "[Service]\nType=oneshot\nExecStart=/bin/echo I ran\n");

        UnitRun run = systemd.runUnit("once", LIMIT).requireSuccess();

        assertThat(run.unit().exitCode()).hasValue(0);
        assertThat(run.unit().invocationId()).isPresent();
        assertThat(run.journal()).extracting(JournalEntry::message).contains("I ran");
    }

    @Test
    void runsACommandAsAService() {
        UnitRun run = systemd.runTransient(
                TransientUnit.of(io.github.incusstemcell.incus.Command.of(
                                        "/bin/sh", "-c", "echo $COLOUR; id -un; pwd; exit 3")
                                .environment("COLOUR", "pale blue")
                                .user("nobody")
                                .workingDirectory("/tmp"))
                        .property("RuntimeMaxUSec", 20_000_000L)
                        .property("NoNewPrivileges", true)
                        .property("Slice", "mine.slice"),
                LIMIT);

        assertThat(run.isSuccess()).isFalse();
        assertThat(run.unit().exitCode()).hasValue(3);
        assertThat(run.unit().property("RuntimeMaxUSec")).contains("20s");
        assertThat(run.unit().property("NoNewPrivileges")).contains("yes");
        assertThat(run.unit().property("Slice")).contains("mine.slice");
        assertThat(run.journal()).extracting(JournalEntry::message).containsSubsequence("pale blue", "nobody", "/tmp");
        assertThat(systemd.unit(run.unit().name()).exists()).isFalse();
    }

    @Test
    void aRunThatDoesNotEndSaysWhereItStands() {
        systemd.writeUnit("endless", "[Service]\nExecStart=/bin/sleep 1000\n");

        assertThatThrownBy(() -> systemd.runUnit("endless", Duration.ofMillis(500)))
                .isInstanceOf(UnitFailedException.class)
                .message()
                .matches("The run of endless\\.service on " + guest.name() + " was not over within 0\\.5s: it is active"
                        + " \\(running\\)  Result=success  NRestarts=0, and was seen \\[inactive \\(dead\\) at [0-9.]+s,"
                        + " active \\(running\\) at [0-9.]+s]");
        systemd.stop("endless");
    }

    @Test
    void listsTimersWithTheirTimes() {
        systemd.writeUnit("ticks.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        systemd.writeUnit("ticks.timer", "[Timer]\nOnActiveSec=1h\nAccuracySec=1us\n");
        systemd.writeUnit("daily.timer", "[Timer]\nOnCalendar=2100-01-01 00:00:00 UTC\nUnit=ticks.service\n");

        Instant before = Instant.now();
        systemd.start("ticks.timer");
        systemd.start("daily.timer");
        List<TimerUnit> timers = systemd.timers();
        systemd.stop("ticks.timer");
        systemd.stop("daily.timer");

        TimerUnit ticks = timers.stream()
                .filter(timer -> timer.name().equals("ticks.timer"))
                .findFirst()
                .orElseThrow();
        assertThat(ticks.activates()).isEqualTo("ticks.service");
        assertThat(ticks.last()).isEmpty();
        assertThat(ticks.next().orElseThrow())
                .isBetween(before.plusSeconds(3590), Instant.now().plusSeconds(3610));
        assertThat(timers)
                .contains(new TimerUnit(
                        "daily.timer",
                        "ticks.service",
                        java.util.Optional.of(Instant.parse("2100-01-01T00:00:00Z")),
                        java.util.Optional.empty(),
                        java.util.Optional.empty(),
                        false));
    }

    @Test
    void listsSockets() {
        assertThat(systemd.sockets())
                .contains(new SocketUnit(
                        "dbus.socket",
                        List.of(new SocketUnit.Listener("Stream", "/run/dbus/system_bus_socket")),
                        List.of("dbus.service")));
    }

    @Test
    void listsUnitsAndJobs() {
        assertThat(systemd.units())
                .extracting(UnitSummary::name)
                .contains("multi-user.target", "-.slice", "init.scope");
        systemd.writeUnit("slow", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
        guest.run("systemctl start --no-block slow");

        assertThat(systemd.jobs()).extracting(Job::unit).containsExactly("slow.service");
        systemd.stop("slow");
        assertThat(systemd.jobs()).isEmpty();
    }

    @Test
    void readsTheManagerItself() {
        assertThat(systemd.version())
                .startsWith(
                        guest.run("systemctl --version | awk 'NR==1{print $2}'").strip());
        assertThat(systemd.property("Virtualization")).contains("lxc");
        assertThat(systemd.property("NoSuch")).isEmpty();
        assertThat(systemd.state().hasFinishedBooting()).isTrue();
    }

    @Test
    void survivesAManagerThatReplacesItself() {
        String before = systemd.unit("systemd-journald").invocationId().orElseThrow();

        guest.run("systemctl daemon-reexec");

        assertThat(systemd.unit("systemd-journald").invocationId()).contains(before);
    }
}
