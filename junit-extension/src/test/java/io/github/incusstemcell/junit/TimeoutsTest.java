package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.TestExecutionResult;

/** Tests that run out of time, and threads that are interrupted while they wait. What is hung here would take ten minutes. */
class TimeoutsTest {

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void endACommandOnTheTestsOwnThread() {
        Throwable failure = failureOf(HungCommand.class);

        assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageEndingWith(" timed out after 2 seconds");
        assertThat(failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .contains("Interrupted while waiting for the end of 'sleep 600'");
    }

    @Test
    void endAReboot() {
        Throwable failure = failureOf(HungReboot.class);

        assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageEndingWith(" timed out after 2 seconds");
        assertThat(failure.getSuppressed())
                .filteredOn(suppressed -> suppressed instanceof IncusStemcellException)
                .extracting(Throwable::getMessage)
                .anySatisfy(message -> assertThat(message)
                        .matches("Interrupted while waiting for PUT /1.0/instances/ic-[0-9a-z]+/state.*"));
    }

    @Test
    void closeTheHandleOfATestThatGoesOnOnAThreadOfItsOwn() throws Exception {
        Throwable failure = failureOf(OnAnotherThread.class);
        OnAnotherThread.ALL_IS_OVER.countDown();

        assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageEndingWith(" timed out after 2 seconds");
        assertThat(OnAnotherThread.INTERRUPTED.get(1, TimeUnit.MINUTES))
                .hasMessage("Interrupted while waiting for the end of 'sleep 600'");
        StemcellContainer closed = OnAnotherThread.MACHINE.get();
        assertThat(OnAnotherThread.LATE.get(1, TimeUnit.MINUTES))
                .isExactlyInstanceOf(IncusStemcellException.class)
                .hasMessage(
                        "The container '" + closed.name() + "' is closed: the test or the scope it was started for has"
                                + " ended. Use it only within that, or give it a wider scope");
    }

    @Test
    void interruptsEndTheWaitForAContainerThatStarts() {
        assertThat(failureOf(HungStart.class))
                .isExactlyInstanceOf(IncusStemcellException.class)
                .hasMessage("Interrupted while waiting for the container for TimeoutsTest.HungStart.test");
    }

    private static Throwable failureOf(Class<?> fixture) {
        return run(fixture).testEvents().failed().stream()
                .map(failed -> failed.getRequiredPayload(TestExecutionResult.class))
                .findFirst()
                .flatMap(TestExecutionResult::getThrowable)
                .orElseThrow();
    }

    private static void hang(StemcellContainer stemcell) {
        stemcell.exec("sleep", "600");
    }

    @IncusStemcell
    static class HungCommand {

        @Test
        @Timeout(2)
        void test(StemcellContainer stemcell) {
            hang(stemcell);
        }
    }

    @IncusStemcell
    static class HungReboot {

        @Test
        @Timeout(2)
        void test(StemcellContainer stemcell) {
            stemcell.systemd().writeUnit("hung", """
                    [Service]
                    ExecStart=sleep infinity
                    ExecStop=sleep 600
                    TimeoutStopSec=infinity
                    """);
            stemcell.systemd().start("hung.service");
            stemcell.restart();
        }
    }

    @IncusStemcell
    static class OnAnotherThread {

        static final CountDownLatch ALL_IS_OVER = new CountDownLatch(1);
        static final CompletableFuture<Throwable> INTERRUPTED = new CompletableFuture<>();
        static final CompletableFuture<Throwable> LATE = new CompletableFuture<>();
        static final AtomicReference<StemcellContainer> MACHINE = new AtomicReference<>();

        @Test
        @Timeout(value = 2, threadMode = ThreadMode.SEPARATE_THREAD)
        void test(StemcellContainer own) throws InterruptedException {
            MACHINE.set(own);
            try {
                hang(own);
            } catch (IncusStemcellException e) {
                INTERRUPTED.complete(e);
            }
            boolean interrupted = Thread.interrupted();
            assertThat(interrupted).isTrue();
            ALL_IS_OVER.await();
            try {
                own.exec("true");
                LATE.complete(null);
            } catch (IncusStemcellException e) {
                LATE.complete(e);
            }
        }
    }

    /** Interrupts the test while it waits for its container, as whoever gives up waiting for it would. */
    static final class Impatience implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            Thread test = Thread.currentThread();
            Thread impatient = new Thread(() -> {
                try {
                    Thread.sleep(500);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                test.interrupt();
            });
            impatient.setDaemon(true);
            impatient.start();
        }
    }

    @ExtendWith(Impatience.class)
    @IncusStemcell(startupTimeout = 10, config = "raw.lxc=lxc.init.cmd = /bin/sleep 1000")
    static class HungStart {

        private StemcellContainer stemcell;

        @Test
        void test() {
            assertThat(stemcell).isNotNull();
        }
    }
}
