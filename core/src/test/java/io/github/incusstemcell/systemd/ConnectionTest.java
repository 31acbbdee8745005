package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When the one connection to a guest's systemd comes and goes, and what becomes of those who wait on it then. */
class ConnectionTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static Guest guest;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(LIMIT);
        }
    }

    @AfterAll
    static void delete() {
        guest.close();
    }

    private static long bridges() {
        return guest.run("cat /proc/[0-9]*/comm 2>/dev/null")
                .lines()
                .filter("systemd-stdio-b"::equals)
                .count();
    }

    @Test
    void isOpenedAtItsFirstUseByOneOfManyThreadsAndEndsWithTheHandle() {
        Systemd systemd = Systemd.of(guest.instance());
        try (systemd) {
            assertThat(bridges()).isZero();

            List<CompletableFuture<SystemState>> states = IntStream.range(0, 16)
                    .mapToObj(thread -> CompletableFuture.supplyAsync(systemd::state))
                    .toList();

            assertThat(states).allSatisfy(state -> assertThat(
                            state.get(2, TimeUnit.MINUTES).hasFinishedBooting())
                    .isTrue());
            assertThat(bridges()).isEqualTo(1);
        }
        assertThat(bridges()).isZero();
        assertThatThrownBy(systemd::state)
                .isInstanceOf(SystemdException.class)
                .hasMessage("The handle on systemd of " + guest.name() + " is closed");
    }

    @Test
    void mayBeLostBeforeTheFirstAnswerToAWatch() throws Exception {
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.state();
            guest.run("pkill -STOP systemd-stdio-b");
            FutureTask<List<UnitSighting>> watching = new FutureTask<>(() -> {
                try (UnitWatch watch = systemd.watch("init.scope")) {
                    assertThat(watch.mayHaveMissed()).isFalse();
                    return watch.seen();
                }
            });
            Thread thread = new Thread(watching);
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING && !watching.isDone()) {
                Thread.onSpinWait();
            }

            guest.run("pkill -KILL systemd-stdio-b");

            assertThat(watching.get()).extracting(UnitSighting::activeState).containsExactly(ActiveState.ACTIVE);
        }
    }

    @Test
    void endsForThoseWhoWaitWithTheHandle() {
        Systemd systemd = Systemd.of(guest.instance());
        try (systemd;
                UnitWatch watch = systemd.watch("init.scope")) {
            CompletableFuture<?> waiting = CompletableFuture.runAsync(() -> watch.await(unit -> false, LIMIT));
            systemd.close();

            assertThatThrownBy(() -> waiting.get(1, TimeUnit.MINUTES))
                    .hasRootCauseInstanceOf(SystemdException.class)
                    .rootCause()
                    .hasMessage("The handle on systemd of " + guest.name() + " is closed");
        }
    }

    @Test
    void saysThatAJobsEndIsNotKnownWhereItIsLostMeanwhile() {
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.writeUnit("slow", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
            CompletableFuture<?> starting = CompletableFuture.runAsync(() -> systemd.start("slow"));
            guest.run("until systemctl is-active slow | grep -q activating; do sleep 0.05; done;"
                    + " kill $(pidof systemd-stdio-bridge)");

            assertThatThrownBy(() -> starting.get(1, TimeUnit.MINUTES))
                    .rootCause()
                    .isInstanceOf(SystemdException.class)
                    .hasMessage("The connection to systemd of " + guest.name() + " ended before the StartUnit job of"
                            + " slow.service did; jobs: [slow.service start running]");
            systemd.stop("slow");
        }
    }

    @Test
    void comesBackForAWatchWhichSaysWhetherItMissedAnything() {
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.writeUnit("watched", "[Service]\nExecStart=/bin/sleep 1000\n");
            systemd.start("watched");
            try (UnitWatch watch = systemd.watch("watched")) {
                guest.run("kill $(pidof systemd-stdio-bridge)");
                assertThat(watch.await(unit -> false, Duration.ofSeconds(1))).isEmpty();
                assertThat(watch.mayHaveMissed()).isFalse();

                guest.run("kill $(pidof systemd-stdio-bridge); systemctl restart watched");
                assertThat(watch.await(unit -> false, Duration.ofSeconds(1))).isEmpty();
                assertThat(watch.mayHaveMissed()).isTrue();
                assertThat(watch.current().activeState()).isEqualTo(ActiveState.ACTIVE);
            }
            systemd.stop("watched");
        }
    }

    @Test
    void outlivesARebootInTheMiddleOfAWait() throws Exception {
        guest.run("mkdir -p /etc/systemd/journald.conf.d;"
                + " printf '[Journal]\\nStorage=volatile\\n' > /etc/systemd/journald.conf.d/volatile.conf;"
                + " systemctl restart systemd-journald; rm -rf /var/log/journal");
        Journal journal = Journal.of(guest.instance());
        JournalMark mark = journal.mark();
        CompletableFuture<Throwable> followed = new CompletableFuture<>();
        JournalFollower follower = journal.follow(JournalQuery.all(), entry -> {});
        follower.onFailure(followed::complete);
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.writeUnit(
                    "returns",
                    "[Service]\nExecStart=/bin/sleep 1000\nExecStartPre=/bin/sleep 0.5\n[Install]\nWantedBy=multi-user.target\n");
            systemd.enable("returns");
            systemd.start("returns");
            String first = systemd.unit("returns").invocationId().orElseThrow();
            try (UnitWatch watch = systemd.watch("returns");
                    SystemdChanges changes = systemd.changes()) {
                CompletableFuture<?> reboot =
                        CompletableFuture.runAsync(() -> guest.instance().restart(LIMIT));

                Unit again = watch.await(
                                unit -> unit.activeState() == ActiveState.ACTIVE
                                        && !unit.invocationId().equals(java.util.Optional.of(first)),
                                LIMIT)
                        .orElseThrow();

                reboot.get(2, TimeUnit.MINUTES);
                assertThat(again.mainPid()).isPresent();
                assertThat(watch.mayHaveMissed()).isTrue();
                assertThat(changes.await(LIMIT)).isTrue();
            }
            assertThat(systemd.waitUntilBooted(LIMIT).state().hasFinishedBooting())
                    .isTrue();
            systemd.disable("returns");
            systemd.stop("returns");
        } finally {
            follower.close();
        }
    }

    @Test
    void comesBackForThoseWhoWaitAgainAfterItHadNotComeBackInTime() {
        try (Systemd systemd = Systemd.of(guest.instance());
                SystemdChanges changes = systemd.changes()) {
            guest.run("kill $(pidof systemd-stdio-bridge)");
            guest.instance().freeze();
            try {
                assertThatThrownBy(() -> changes.await(Duration.ofMillis(500)))
                        .isInstanceOf(SystemdException.class)
                        .hasMessageStartingWith("The connection was lost while a change in systemd of " + guest.name()
                                + " was waited for, and did not come back in time: ");
            } finally {
                guest.instance().unfreeze();
            }

            assertThat(changes.await(LIMIT)).isTrue();
        }
    }

    @Test
    void isNotAwaitedForAnotherWhoHasMoreTime() throws Exception {
        guest.run("mv /usr/bin/systemd-stdio-bridge /usr/bin/bridge; printf '#!/bin/sh\\nexec sleep 1000\\n'"
                + " >/usr/bin/systemd-stdio-bridge; chmod 755 /usr/bin/systemd-stdio-bridge");
        try (Systemd systemd = Systemd.of(guest.instance());
                Systemd other = Systemd.of(guest.instance())) {
            FutureTask<Object> patient = begun(systemd::state);

            assertThatThrownBy(
                            () -> systemd.answeringWithin(Duration.ofSeconds(1)).state())
                    .isInstanceOf(SystemdException.class)
                    .hasMessage("systemd of " + guest.name() + " could not be connected to within 1s, as another"
                            + " thread was trying; is the guest frozen, or PID 1 busy?");
            assertThat(patient.isDone()).isFalse();

            FutureTask<Object> interrupted = new FutureTask<>(systemd::state);
            Thread thread = new Thread(interrupted);
            thread.start();
            thread.interrupt();
            assertThatThrownBy(interrupted::get).hasRootCauseInstanceOf(InterruptedException.class);
            assertThat(patient.isDone()).isFalse();

            assertThatThrownBy(
                            () -> other.answeringWithin(Duration.ofSeconds(1)).state())
                    .isInstanceOf(SystemdException.class)
                    .hasMessageStartingWith("systemd of " + guest.name() + " did not answer open within ");
            assertThat(patient.isDone()).isFalse();
        } finally {
            guest.run("mv /usr/bin/bridge /usr/bin/systemd-stdio-bridge; pkill -x sleep || true");
        }
    }

    /** Begins in a thread of its own, which waits by the time at which this returns. */
    private static FutureTask<Object> begun(java.util.concurrent.Callable<Object> call) {
        FutureTask<Object> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && !task.isDone() && !Thread.interrupted()) {
            Thread.onSpinWait();
        }
        return task;
    }
}
