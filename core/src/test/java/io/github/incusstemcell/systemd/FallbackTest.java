package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.Command;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The ways to systemd that are taken where PID 1's own socket, or the bridge, is not there: they lead to the same answers. */
class FallbackTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Guest guest;
    private static Systemd direct;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        direct = Systemd.of(guest.instance());
        direct.waitUntilBooted(Duration.ofSeconds(60));
    }

    @AfterAll
    static void delete() {
        direct.close();
        guest.close();
    }

    /** Opened while a file is away, so that the way which begins with it is closed. */
    private static Systemd without(String file) {
        guest.run("mv " + file + " " + file + ".away");
        try {
            Systemd other = Systemd.of(guest.instance());
            other.state();
            return other;
        } finally {
            guest.run("mv " + file + ".away " + file);
        }
    }

    /** What each way must be able to do. */
    abstract static class Way {

        Systemd other;

        @AfterEach
        void close() {
            other.close();
        }

        @Test
        void readsTheSame() {
            List<Function<Unit, Object>> readings = List.of(
                    Unit::name,
                    Unit::names,
                    Unit::description,
                    Unit::exists,
                    Unit::loadState,
                    Unit::loadError,
                    Unit::activeState,
                    Unit::subState,
                    Unit::unitFileState,
                    Unit::fragmentPath,
                    Unit::dropIns,
                    Unit::needsDaemonReload,
                    Unit::result,
                    Unit::exitCode,
                    Unit::signal,
                    Unit::dumpedCore,
                    Unit::restarts,
                    Unit::mainPid,
                    Unit::invocationId,
                    Unit::stateChanged,
                    Unit::inactiveExit,
                    Unit::activeEnter,
                    Unit::activeExit,
                    Unit::inactiveEnter,
                    Unit::mainProcessStarted,
                    Unit::mainProcessEnded,
                    Unit::conditionsMet,
                    unit -> Set.copyOf(unit.dependencies(Dependency.AFTER)),
                    unit -> unit.dependencies(Dependency.REQUIRES),
                    unit -> unit.property("TimeoutStartUSec"),
                    Unit::toString);
            for (String name : List.of(
                    "systemd-journald.service",
                    "dbus.socket",
                    "multi-user.target",
                    "no-such.service",
                    "-.slice",
                    "init.scope")) {
                Unit ours = direct.unit(name);
                Unit theirs = other.unit(name);
                assertThat(readings)
                        .allSatisfy(reading -> assertThat(reading.apply(theirs)).isEqualTo(reading.apply(ours)));
            }
        }

        @Test
        void listsTheSame() {
            assertThat(other.units()).containsExactlyInAnyOrderElementsOf(direct.units());
            assertThat(other.unitFiles()).isEqualTo(direct.unitFiles());
            assertThat(other.sockets()).containsExactlyInAnyOrderElementsOf(direct.sockets());
            assertThat(toTheSecond(other.timers())).containsExactlyInAnyOrderElementsOf(toTheSecond(direct.timers()));
            assertThat(other.state()).isEqualTo(direct.state());
            assertThat(other.version()).isEqualTo(direct.version());
            assertThat(other.waitUntilBooted(LIMIT)).isEqualTo(direct.waitUntilBooted(LIMIT));
        }

        @Test
        void readsTheTimesOfAGuestElsewhere() {
            // As tzfile(5) has it, since not every guest has tzdata: no transitions, one type, nine hours ahead.
            String zone = "TZif2" + "\\0".repeat(31) + "\\0\\0\\0\\1\\0\\0\\0\\4" + "\\0\\0\\176\\220\\0\\0JST\\0";
            guest.run("[ ! -L /etc/localtime ] || mv /etc/localtime /root/localtime; printf '" + zone + zone
                    + "\\nJST-9\\n' > /etc/localtime; date +%z | grep -q +0900");
            try {
                assertThat(toTheSecond(other.timers()))
                        .containsExactlyInAnyOrderElementsOf(toTheSecond(direct.timers()))
                        .anyMatch(timer -> timer.next().isPresent());
                assertThat(other.unit("apt-daily.timer").property("NextElapseUSecRealtime"))
                        .isEqualTo(direct.unit("apt-daily.timer").property("NextElapseUSecRealtime"));
            } finally {
                guest.run("rm /etc/localtime; [ ! -L /root/localtime ] || mv /root/localtime /etc/localtime");
            }
        }

        /** systemctl prints the times of timers no more precisely than that. */
        private static List<TimerUnit> toTheSecond(List<TimerUnit> timers) {
            return timers.stream()
                    .map(timer -> new TimerUnit(
                            timer.name(),
                            timer.activates(),
                            timer.next().map(time -> time.truncatedTo(ChronoUnit.SECONDS)),
                            timer.last().map(time -> time.truncatedTo(ChronoUnit.SECONDS)),
                            timer.stamp().map(time -> time.truncatedTo(ChronoUnit.SECONDS)),
                            timer.isWaiting()))
                    .toList();
        }

        @Test
        void listsJobs() {
            other.writeUnit("slow", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
            assertThat(other.jobs()).isEmpty();
            guest.run("systemctl start --no-block slow");
            try (UnitWatch watch = direct.watch("slow")) {
                watch.await(unit -> unit.activeState() == ActiveState.ACTIVATING, LIMIT);
                assertThat(other.jobs())
                        .isEqualTo(direct.jobs())
                        .extracting(Job::toString)
                        .containsExactly("slow.service start running");
            } finally {
                other.stop("slow");
            }
        }

        @Test
        void acts() {
            other.writeUnit("acted", "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
            other.enable("acted");
            assertThat(direct.unit("acted").unitFileState()).isEqualTo(UnitFileState.ENABLED);
            other.start("acted");
            assertThat(direct.unit("acted").activeState()).isEqualTo(ActiveState.ACTIVE);
            other.kill("acted", 9);
            try (UnitWatch watch = other.watch("acted")) {
                assertThat(watch.await(unit -> unit.activeState() == ActiveState.FAILED, LIMIT))
                        .isPresent();
            }
            other.resetFailed("acted");
            other.stop("acted");
            other.disable("acted");
            assertThat(direct.unit("acted").unitFileState()).isEqualTo(UnitFileState.DISABLED);
            other.mask("nobody");
            assertThat(direct.unit("nobody").unitFileState()).isEqualTo(UnitFileState.MASKED);
            other.unmask("nobody");
            assertThat(direct.unit("nobody").exists()).isFalse();
        }

        @Test
        void saysWhatFailed() {
            other.writeUnit("fails", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n");

            assertThatThrownBy(() -> other.start("fails"))
                    .isInstanceOf(UnitFailedException.class)
                    .hasMessageStartingWith(
                            "Cannot start fails.service on " + guest.name()
                                    + ": the job ended with failed, and the unit is failed (failed)  Result=exit-code  status=7  NRestarts=0\n");
            other.resetFailed("fails");
            assertThatThrownBy(() -> other.start("no-such"))
                    .isInstanceOf(SystemdException.class)
                    .hasMessageContaining("refused StartUnit: ")
                    .hasMessageContaining("no-such.service not found.");
        }

        @Test
        void runsUnitsAndCommands() {
            other.writeUnit("once", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo I ran; exit 3'\n");
            UnitRun run = other.runUnit("once", LIMIT);
            assertThat(run.unit().exitCode()).hasValue(3);
            assertThat(run.journal()).extracting(JournalEntry::message).contains("I ran");
            other.resetFailed("once");

            UnitRun command = other.runTransient(
                    TransientUnit.of(Command.of("/bin/sh", "-c", "echo $COLOUR; sleep 0.3; exit 4")
                                    .environment("COLOUR", "pale blue"))
                            .property("RuntimeMaxUSec", 20_000_000L),
                    LIMIT);
            assertThat(command.unit().exitCode()).hasValue(4);
            assertThat(command.unit().property("RuntimeMaxUSec")).contains("20s");
            assertThat(command.journal()).extracting(JournalEntry::message).contains("pale blue");
            assertThat(direct.failedUnits())
                    .extracting(UnitSummary::name)
                    .doesNotContain(command.unit().name());
        }
    }

    @Nested
    class OverTheBusDaemon extends Way {

        OverTheBusDaemon() {
            other = without("/run/systemd/private");
        }
    }

    @Nested
    class BySystemctl extends Way {

        BySystemctl() {
            other = without("/usr/bin/systemd-stdio-bridge");
        }

        @Test
        void saysSoWhereThereIsNoSystemctlEither() {
            guest.run("mv /usr/bin/systemctl /usr/bin/systemctl.away");
            try {
                assertThatThrownBy(() -> other.unit("cron"))
                        .isInstanceOf(SystemdException.class)
                        .hasMessageMatching(
                                "(?s)systemctl show .* on " + guest.name() + " gave no answer: exit code 127.*");
            } finally {
                guest.run("mv /usr/bin/systemctl.away /usr/bin/systemctl");
            }
        }

        @Test
        void saysOfASystemctlThatCallsTheSystemOfflineThatTheBootDidNotEnd() {
            guest.run("mv /usr/bin/systemctl /usr/bin/systemctl.away");
            guest.run(
                    "printf '#!/bin/sh\\n[ $1 = show ] && echo SystemState=offline\\n' > /usr/bin/systemctl && chmod 755 /usr/bin/systemctl");
            try {
                assertThatThrownBy(() -> other.waitUntilBooted(Duration.ofSeconds(1)))
                        .isInstanceOfSatisfying(BootTimeoutException.class, late -> assertThat(late.state())
                                .isEqualTo(SystemState.OFFLINE))
                        .hasMessageContaining("has not finished booting within 1s: systemd says offline");
            } finally {
                guest.run("mv /usr/bin/systemctl.away /usr/bin/systemctl");
            }
        }

        @Test
        void neverTakesAnAnswerThatDoesNotComeForNoChange() {
            try (UnitWatch watch = other.watch("init.scope")) {
                guest.run("mv /usr/bin/systemctl /usr/bin/systemctl.away");

                assertThatThrownBy(() -> watch.await(unit -> false, LIMIT))
                        .isInstanceOf(SystemdException.class)
                        .hasMessageMatching(
                                "(?s)systemctl show .* on " + guest.name() + " gave no answer: exit code 127.*");
            } finally {
                guest.run("mv /usr/bin/systemctl.away /usr/bin/systemctl");
            }
        }
    }

    @Nested
    class WithoutABusDaemon extends Way {

        @BeforeAll
        static void stopTheDaemon() {
            guest.run("systemctl stop dbus.socket dbus.service");
        }

        @AfterAll
        static void startTheDaemonAgain() {
            guest.run("systemctl start dbus.socket");
        }

        WithoutABusDaemon() {
            other = Systemd.of(guest.instance());
            assertThat(other.unit("dbus").activeState()).isEqualTo(ActiveState.INACTIVE);
        }

        @Test
        void startsTheDaemon() {
            other.start("dbus.socket");
            other.start("dbus.service");
            assertThat(other.unit("dbus").activeState()).isEqualTo(ActiveState.ACTIVE);
            stopTheDaemon();
        }
    }
}
