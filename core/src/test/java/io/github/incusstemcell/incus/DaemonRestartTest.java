package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What happens to calls when the daemon is killed and started again. Needs a daemon that nobody else uses:
 * INCUS_STEMCELL_DEV_RESTART is the command that does it and returns when the daemon answers again.
 */
@Timeout(120)
class DaemonRestartTest {

    @ParameterizedTest
    @EnumSource
    void failsWhatIsPendingAtOnceAndGoesOn(Way way) throws Exception {
        assertThat(System.getenv("INCUS_STEMCELL_DEV_RESTART"))
                .as("the environment variable INCUS_STEMCELL_DEV_RESTART, which dev/test sets: run the tests by it")
                .isNotBlank();
        try (TestDaemon daemon = new TestDaemon(way)) {
            Instance instance = daemon.started();
            Map<String, CompletableFuture<Object>> pending = begin(daemon.incus(), instance);

            CompletableFuture<Long> death = timeOfDeath();
            Process restart = new ProcessBuilder("sh", "-c", System.getenv("INCUS_STEMCELL_DEV_RESTART"))
                    .inheritIO()
                    .start();
            for (Map.Entry<String, CompletableFuture<Object>> call : pending.entrySet()) {
                assertThat(call.getValue().handle((result, failure) -> failure).get(10, TimeUnit.SECONDS))
                        .as(call.getKey())
                        .isInstanceOf(IncusConnectionException.class)
                        .hasMessageContaining(" failed: lost the connection to Incus at "
                                + daemon.incus().endpoint());
            }
            assertThat(Duration.ofNanos(System.nanoTime() - death.get(10, TimeUnit.SECONDS)))
                    .isLessThan(Duration.ofSeconds(2));
            if (way != Way.GROUP_INCUS) {
                // Whose daemon takes connections also while the one behind it is away.
                assertThat(instance.exec(Command.of("echo", "meanwhile")).stdout())
                        .isEqualTo("meanwhile\n");
            }
            assertThat(restart.waitFor()).isZero();

            assertThat(instance.exec(Command.of("echo", "again")).stdout()).isEqualTo("again\n");
            instance.files().writeString("/root/file", "again");
            assertThat(instance.files().readString("/root/file")).isEqualTo("again");
            instance.stopNow();
        }
    }

    /** The kernel closes the connections of a process when that ends. {@return by System.nanoTime when the daemon did} */
    private static CompletableFuture<Long> timeOfDeath() throws IOException {
        SocketChannel daemon;
        try (Incus incus = Incus.connect()) {
            daemon = SocketChannel.open(UnixDomainSocketAddress.of(((Endpoint.UnixSocket) incus.endpoint()).path()));
        }
        return CompletableFuture.supplyAsync(() -> {
            try (daemon) {
                daemon.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                // A reset is as good an end as any.
            }
            return System.nanoTime();
        });
    }

    /** One call of each kind that takes long, all of them in the middle of it. */
    private static Map<String, CompletableFuture<Object>> begin(Incus incus, Instance instance) throws Exception {
        CountDownLatch begun = new CountDownLatch(4);
        Map<String, CompletableFuture<Object>> pending = new LinkedHashMap<>();
        pending.put(
                "exec",
                IncusTest.inAThread(() -> instance.exec(
                        Command.shell("echo x; sleep 1000"), (stream, buffer, length) -> begun.countDown())));
        RunningCommand running = instance.start(Command.of("cat"));
        pending.put("waiting for a command", IncusTest.inAThread(running::waitFor));
        String operation = incus.operations().list().stream()
                .filter(known -> known.description().equals("Executing command") && !known.hasEnded())
                .findFirst()
                .orElseThrow()
                .id();
        pending.put("waiting for an operation", IncusTest.inAThread(() -> incus.operations()
                .await(operation, Duration.ofSeconds(1000))));
        SplitImage image = SplitImage.of(TestImages.metadata("never"), () -> new Endless(begun), OptionalLong.empty());
        pending.put(
                "upload of an image", IncusTest.inAThread(() -> incus.images().upload(image)));
        pending.put("writing a file", IncusTest.inAThread(() -> {
            instance.files().write("/root/never", new Endless(begun));
            return null;
        }));
        pending.put(
                "reading a file",
                IncusTest.inAThread(() -> readOn(instance.files().read("/dev/zero"), begun)));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        return pending;
    }

    private static Object readOn(InputStream content, CountDownLatch begun) {
        try (content) {
            content.read();
            begun.countDown();
            return content.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Zeros for as long as anybody takes them, though not at full speed. */
    private static final class Endless extends InputStream {

        private final CountDownLatch begun;
        private int reads;

        Endless(CountDownLatch begun) {
            this.begun = begun;
        }

        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            reads++;
            if (reads == 2) {
                begun.countDown();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Math.min(length, 1000);
        }
    }
}
