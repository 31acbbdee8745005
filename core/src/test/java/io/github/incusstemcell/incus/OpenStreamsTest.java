package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a daemon that begins to send and then stops, which a real one does only when it hangs. */
@Timeout(30)
class OpenStreamsTest {

    private static final String CONTENT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
    private static final String UPGRADE =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nabc";

    @TempDir
    private Path folder;

    private final List<SocketChannel> asked = new CopyOnWriteArrayList<>();
    private ServerSocketChannel server;
    private Connection connection;

    @BeforeEach
    void listen() throws IOException {
        Path socket = folder.resolve("unix.socket");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        connection = new Connection(Endpoint.unixSocket(socket));
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
        for (SocketChannel client : asked) {
            client.close();
        }
    }

    private void answer(String text) {
        Thread daemon = new Thread(() -> serve(text));
        daemon.setDaemon(true);
        daemon.start();
    }

    private void serve(String text) {
        try {
            while (true) {
                SocketChannel client = server.accept();
                asked.add(client);
                client.read(ByteBuffer.allocate(4096));
                client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private RawStream upgraded() throws Exception {
        CompletableFuture<RawStream> upgraded = connection.upgradeLater(ApiRequest.get("raw"), "raw");
        RawStream stream = upgraded.get(20, TimeUnit.SECONDS);
        assertThat(stream.source().readUtf8(3)).isEqualTo("abc");
        return stream;
    }

    /** Begins in a thread of its own, which is about to ask by the time at which this returns. */
    private static <T> FutureTask<T> begun(Callable<T> call) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<T> task = new FutureTask<>(() -> {
            started.countDown();
            return call.call();
        });
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return task;
    }

    @Test
    void endForReadersOfContentWithTheConnection() throws Exception {
        answer(CONTENT);
        InputStream content = connection.content(ApiRequest.get("log"));
        assertThat(content.read()).isEqualTo('a');
        assertThat(content.skip(2)).isEqualTo(2);
        FutureTask<Integer> reading = begun(content::read);

        connection.close();

        assertThatThrownBy(() -> reading.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void keepTheConnectionBusy() throws Exception {
        answer(CONTENT);
        assertThat(connection.isBusy()).isFalse();
        try (InputStream content = connection.content(ApiRequest.get("log"))) {
            assertThat(content.read()).isEqualTo('a');
            assertThat(connection.isBusy()).isTrue();
        }
        assertThat(connection.isBusy()).isFalse();
    }

    @Test
    void keepTheConnectionBusyAlsoWhenTheyAreNoLongerHttp() throws Exception {
        answer(UPGRADE);
        try (RawStream stream = upgraded()) {
            assertThat(stream.source().isOpen()).isTrue();
            assertThat(connection.isBusy()).isTrue();
        }
        assertThat(connection.isBusy()).isFalse();
    }

    @Test
    void canBeClosedWhileAnotherThreadReads() throws Exception {
        answer(UPGRADE);
        for (int i = 0; i < 50; i++) {
            RawStream stream = upgraded();
            FutureTask<Byte> reading = begun(stream.source()::readByte);
            AtomicReference<Throwable> thrown = new AtomicReference<>();

            try {
                stream.close();
            } catch (RuntimeException e) {
                thrown.set(e);
            }

            assertThat(thrown).hasValue(null);
            assertThatThrownBy(() -> reading.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }
}
