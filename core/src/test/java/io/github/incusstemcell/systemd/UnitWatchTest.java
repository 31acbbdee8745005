package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UnitWatchTest {

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
    void saysWhatItWasWaitingForWhenItIsInterrupted() {
        try (UnitWatch watch = systemd.watch("init.scope")) {
            assertThatThrownBy(() -> watch.await(
                            unit -> {
                                Thread.currentThread().interrupt();
                                return false;
                            },
                            Duration.ofSeconds(60)))
                    .isInstanceOf(SystemdException.class)
                    .hasMessage("Interrupted while waiting for init.scope on " + guest.name());
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void saysWhichJobItWasWaitingForWhenItIsInterrupted() throws Exception {
        systemd.writeUnit("lengthy", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
        Thread thread = Thread.currentThread();
        CompletableFuture<?> interrupting = CompletableFuture.runAsync(() -> {
            guest.run("until systemctl is-active lengthy | grep -q activating; do sleep 0.05; done");
            thread.interrupt();
        });
        assertThatThrownBy(() -> systemd.start("lengthy"))
                .isInstanceOf(SystemdException.class)
                .hasMessage("Interrupted while waiting for the StartUnit job of lengthy.service on " + guest.name());
        assertThat(Thread.interrupted()).isTrue();
        interrupting.get(1, TimeUnit.MINUTES);
        systemd.stop("lengthy");
    }

    @Test
    void seesStatesThatLastMilliseconds() {
        systemd.writeUnit("blink", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        try (UnitWatch watch = systemd.watch("blink")) {
            guest.run("systemctl start blink");

            Unit ended = watch.await(
                            unit -> unit.inactiveEnter().isPresent() && unit.activeState() == ActiveState.INACTIVE,
                            LIMIT)
                    .orElseThrow();

            assertThat(ended.exitCode()).hasValue(0);
            assertThat(watch.seen())
                    .extracting(sighting -> sighting.activeState() + " " + sighting.subState())
                    .containsExactly("inactive dead", "activating start", "inactive dead");
            assertThat(watch.seen()).extracting(UnitSighting::after).isSorted();
        }
    }

    @Test
    void givesUpInTime() {
        try (UnitWatch watch = systemd.watch("no-such")) {
            assertThat(watch.await(Unit::exists, Duration.ofMillis(200))).isEmpty();
            assertThat(watch.seen()).extracting(UnitSighting::loadState).containsExactly(LoadState.NOT_FOUND);
        }
    }

    @Test
    void seesAUnitThatComesToBe() {
        try (UnitWatch watch = systemd.watch("newcomer")) {
            systemd.writeUnit("newcomer", "[Service]\nExecStart=/bin/sleep 1000\nRestart=always\n");
            systemd.start("newcomer");

            Unit running = watch.await(unit -> unit.activeState() == ActiveState.ACTIVE, LIMIT)
                    .orElseThrow();

            assertThat(running.property("Restart")).contains("always");
            assertThat(running.mainPid()).isPresent();
        }
    }

    @Test
    void countsTheRestartsOfACrashLoop() {
        systemd.writeUnit(
                "loop",
                "[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=20ms\n[Unit]\nStartLimitIntervalSec=0\n");
        try (UnitWatch watch = systemd.watch("loop")) {
            guest.run("systemctl start --no-block loop");

            Unit unit = watch.await(now -> now.restarts().orElse(0) >= 5, LIMIT).orElseThrow();

            assertThat(unit.exitCode()).hasValue(1);
            assertThat(watch.seen()).extracting(UnitSighting::subState).contains("auto-restart");
        } finally {
            systemd.stop("loop");
        }
    }

    @Test
    void goesOnAfterTheConnectionIsLost() {
        systemd.writeUnit("lasting", "[Service]\nExecStart=/bin/sleep 1000\n");
        try (UnitWatch watch = systemd.watch("lasting")) {
            guest.run("systemctl daemon-reexec");
            guest.run("systemctl start lasting");

            assertThat(watch.await(unit -> unit.activeState() == ActiveState.ACTIVE, LIMIT))
                    .isPresent();
        }
    }

    @Test
    void followsAUnitByItsAlias() {
        systemd.writeUnit("real", "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nAlias=nickname.service\n");
        systemd.enable("real");
        try (UnitWatch watch = systemd.watch("nickname")) {
            assertThat(watch.current().name()).isEqualTo("real.service");
            guest.run("systemctl start real");

            assertThat(watch.await(unit -> unit.activeState() == ActiveState.ACTIVE, LIMIT))
                    .isPresent();
            assertThat(watch.current().names()).contains("real.service", "nickname.service");
        }
    }

    @Test
    void wakesAtAnyChange() {
        try (SystemdChanges changes = systemd.changes()) {
            while (changes.await(Duration.ofMillis(300))) {
                // what is still going on from other tests
            }
            guest.run(
                    "systemctl start --no-block no-such-target.target || systemctl restart systemd-tmpfiles-clean.timer");

            assertThat(changes.await(LIMIT)).isTrue();
        }
    }
}
