package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What happens to calls when the daemon is killed and started again. Needs a daemon that nobody else uses:
 * INCUS_STEMCELL_DEV_RESTART is the command that does it and returns when the daemon answers again.
 */
@Timeout(120)
class DaemonRestartTest {

    @Test
    void failsWhatIsPendingAtOnceAndGoesOn() throws Exception {
        assertThat(System.getenv("INCUS_STEMCELL_DEV_RESTART"))
                .as("the environment variable INCUS_STEMCELL_DEV_RESTART, which dev/test sets: run the tests by it")
                .isNotBlank();
        for (TestDaemon.Way way : new TestDaemon.Way[] {TestDaemon.Way.SOCKET, TestDaemon.Way.HTTPS}) {
            try (TestDaemon daemon = new TestDaemon(way)) {
                failsWhatIsPendingAtOnceAndGoesOn(daemon);
            }
        }
    }

    private void failsWhatIsPendingAtOnceAndGoesOn(TestDaemon daemon) throws Exception {
        Instance instance = daemon.started();
        CompletableFuture<Object> exec = IncusTest.inAThread(() -> instance.exec(Command.of("sleep", "1000")));
        RunningCommand running = instance.start(Command.of("cat"));
        CompletableFuture<Object> waiting = IncusTest.inAThread(running::waitFor);
        CompletableFuture<Void> under = new CompletableFuture<>();
        CompletableFuture<Object> upload = IncusTest.inAThread(() -> daemon.incus()
                .images()
                .upload(SplitImage.of(TestImages.metadata("never"), () -> endless(under), OptionalLong.empty())));
        under.join();

        long begin = System.nanoTime();
        Process restart = new ProcessBuilder("sh", "-c", System.getenv("INCUS_STEMCELL_DEV_RESTART"))
                .inheritIO()
                .start();
        for (CompletableFuture<Object> pending : List.of(exec, waiting, upload)) {
            Throwable failure = pending.handle((result, thrown) -> thrown).get(10, TimeUnit.SECONDS);
            assertThat(failure)
                    .isInstanceOf(IncusConnectionException.class)
                    .hasMessageContaining(" failed: lost the connection to Incus at "
                            + daemon.incus().endpoint());
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(restart.waitFor()).isZero();

        assertThat(instance.exec(Command.of("echo", "again")).stdout()).isEqualTo("again\n");
    }

    /** Some bytes at once, then zeros for as long as anybody takes them. */
    private static InputStream endless(CompletableFuture<Void> under) {
        return new SequenceInputStream(new ByteArrayInputStream(new byte[1000]), new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                under.complete(null);
                try {
                    TimeUnit.MILLISECONDS.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Math.min(length, 1000);
            }
        });
    }
}
