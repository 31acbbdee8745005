package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IncusTest {

    @Nested
    class OverTheSocket extends Contract {
        OverTheSocket() {
            super(Way.SOCKET);
        }
    }

    @Nested
    class OverHttps extends Contract {
        OverHttps() {
            super(Way.HTTPS);
        }
    }

    @Nested
    class AsAMemberOfGroupIncus extends Contract {
        AsAMemberOfGroupIncus() {
            super(Way.GROUP_INCUS);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {

        private final TestDaemon daemon;
        private final Instance instance;

        Contract(Way way) {
            daemon = new TestDaemon(way);
            instance = daemon.started();
        }

        @AfterAll
        void delete() {
            daemon.close();
        }

        @Test
        void knowsTheDaemon() {
            Server server = daemon.incus().server();

            assertThat(server.version()).matches("[67]\\..*");
            assertThat(server.isTrusted()).isTrue();
            assertThat(server.storageDrivers()).contains("dir");
            assertThat(server.architectures()).isNotEmpty();
            assertThat(server.isClustered()).isFalse();
            assertThat(daemon.incus().supports(ApiExtension.INSTANCE_OCI))
                    .isEqualTo(!server.version().startsWith("6.0."));
            assertThat(daemon.incus().metrics()).contains("incus_memory_");
        }

        @Test
        void endsWhatIsPendingWhenItIsClosed() throws Exception {
            Incus own = Incus.connect(daemon.incus().endpoint());
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<Object> exec = inAThread(() -> own.instance(instance.name())
                    .exec(Command.shell("echo x; sleep 1000"), (stream, buffer, length) -> started.complete(null)));
            RunningCommand running = own.instance(instance.name()).start(Command.of("cat"));
            CompletableFuture<Object> waiting = inAThread(running::waitFor);
            started.get(2, TimeUnit.MINUTES);
            long begin = System.nanoTime();

            own.close();

            assertThat(failure(exec)).isInstanceOf(IncusClosedException.class);
            assertThat(failure(waiting)).isInstanceOf(IncusClosedException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
            assertThatThrownBy(own::server)
                    .isInstanceOf(IncusClosedException.class)
                    .hasMessage(
                            "GET /1.0?project=" + daemon.incus().project() + " failed: this Incus client is closed");
            own.close();
        }

        @Test
        void endsAnUploadWhenItIsClosed() throws Exception {
            Incus own = Incus.connect(daemon.incus().endpoint());
            PipedOutputStream feeding = new PipedOutputStream();
            InputStream endless = new PipedInputStream(feeding);
            CompletableFuture<Object> upload = inAThread(() -> own.images()
                    .upload(SplitImage.of(TestImages.metadata("never"), () -> endless, OptionalLong.empty())));
            feeding.write(new byte[1000]);
            feeding.flush();

            own.close();

            assertThat(failure(upload)).isInstanceOf(IncusClosedException.class);
        }

        @Test
        void leavesNeitherThreadNorSocketBehind() throws Exception {
            long sockets = sockets();
            Incus own = Incus.connect(daemon.incus().endpoint());
            own.instance(instance.name()).exec(Command.of("true").stdin("x"));
            own.instance(instance.name()).files().readString("/etc/passwd");
            RunningCommand running = own.instance(instance.name()).start(Command.of("cat"));
            assertThat(sockets()).isGreaterThan(sockets);
            assertThat(ownThreads()).isNotEmpty().allMatch(Thread::isDaemon);

            own.close();

            running.onExit().handle((code, failure) -> null).get(2, TimeUnit.SECONDS);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (sockets() > sockets && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(sockets()).isLessThanOrEqualTo(sockets);
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !thread.isDaemon() && thread.getName().contains("incus"))
                    .isEmpty();
        }

        @Test
        void leavesTheConnectionOpenWhenAViewIsClosed() {
            daemon.incus().project("default").close();
            assertThat(daemon.incus().server().isTrusted()).isTrue();
        }

        private static List<Thread> ownThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("incus-stemcell-"))
                    .toList();
        }

        private static long sockets() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
                return files.filter(Contract::isSocket).count();
            }
        }

        private static boolean isSocket(Path file) {
            try {
                return Files.readSymbolicLink(file).toString().startsWith("socket:");
            } catch (IOException e) {
                return false;
            }
        }
    }

    static CompletableFuture<Object> inAThread(Supplier<Object> work) {
        CompletableFuture<Object> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    static Throwable failure(CompletableFuture<?> pending) throws Exception {
        return pending.handle((result, failure) -> failure).get(2, TimeUnit.MINUTES);
    }
}
