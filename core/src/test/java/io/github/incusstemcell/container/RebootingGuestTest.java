package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.internal.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that reboots by itself, while commands run in it one after the other. */
@Timeout(240)
class RebootingGuestTest extends WithStemcells {

    private static final String OWNER = "RebootingGuestTest";

    /** Fails by 7 in a guest, and by 3 where it is run outside of it. */
    private static final Command LOOK =
            Command.shell("read -r all </proc/1/environ; case $all in *container=*) exit 7;; *) exit 3;; esac");

    @Test
    void returnsNoExitCodeFromOutsideOfIt() throws InterruptedException, ExecutionException {
        Set<Integer> codes = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (StemcellContainer guest =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build())) {
            for (int reboot = 0; reboot < 4; reboot++) {
                Instant before = started();
                guest.exec(LOOK);
                List<Future<?>> lookers = List.of(
                        threads.submit(() -> lookUntilItEnds(guest, codes)),
                        threads.submit(() -> lookUntilItEnds(guest, codes)));
                guest.start(Command.of("systemctl", "reboot", "--force", "--force"));
                for (Future<?> looker : lookers) {
                    looker.get();
                }
                awaitStartAfter(before);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(codes).isSubsetOf(7);
    }

    /** As process 1 has died meanwhile: about each third time what held the guest before is such a command. */
    @Test
    @Timeout(600)
    void isRestoredThoughTheDaemonNeverEndsWhatItWasStarting() {
        try (StemcellContainer guest =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build())) {
            RestorePoint clean = guest.restorePoint("clean");
            for (int reboot = 0; reboot < 8; reboot++) {
                guest.start(Command.of("systemctl", "reboot", "--force", "--force"));

                clean.restore();

                assertThat(guest.exec("uptime", "-p").exitCode()).isZero();
            }
        }
    }

    private static void lookUntilItEnds(StemcellContainer guest, Set<Integer> codes) {
        IncusStemcellException failure = null;
        while (failure == null) {
            try {
                codes.add(guest.exec(LOOK).exitCode());
            } catch (IncusStemcellException e) {
                failure = e;
            }
        }
        assertThat(failure).hasMessageMatching("(?s).*(was stopped while|is not running|PID of executing).*");
    }

    private static void awaitStartAfter(Instant before) throws InterruptedException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(30));
        while (!started().isAfter(before)) {
            assertThat(deadline.pause()).as("it has rebooted").isTrue();
        }
    }

    private static Instant started() {
        return TestMachine.instancesOf(OWNER).get(0).lastUsedAt().orElseThrow();
    }
}
