package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** Sockets that are closed while another thread uses them. */
class UnixSocketTest {

    /** A socket in which a thread is about to read: the time between its call and the system's, made as long as is needed. */
    private static final class AboutToRead extends Socket {

        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final CountDownLatch givenBack = new CountDownLatch(1);
        volatile boolean givenBackWhileReading;

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void shutdownInput() {}

        @Override
        public void shutdownOutput() {}

        @Override
        public synchronized void close() {
            givenBack.countDown();
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    reached.countDown();
                    try {
                        if (!goOn.await(1, TimeUnit.MINUTES)) {
                            throw new IOException("nobody lets it go on");
                        }
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    givenBackWhileReading = givenBack.getCount() == 0;
                    return -1;
                }
            };
        }
    }

    @Test
    void keepsItsDescriptorUntilNobodyIsAboutToReadFromIt() throws Exception {
        AboutToRead inner = new AboutToRead();
        UnixSocket socket = new UnixSocket(inner);
        CompletableFuture<Integer> reading = read(socket);
        assertThat(inner.reached.await(1, TimeUnit.MINUTES)).isTrue();

        socket.close();
        assertThat(socket.isClosed()).isTrue();
        inner.goOn.countDown();

        assertThatThrownBy(() -> reading.get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(SocketException.class)
                .hasRootCauseMessage("Socket closed");
        assertThat(inner.givenBackWhileReading).isFalse();
        assertThat(inner.givenBack.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void endsWhatIsReadAndWrittenWhereItIsClosed(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            UnixSocket socket = new UnixSocket(AFUNIXSocket.newInstance());
            socket.connect(AFUNIXSocketAddress.of(path));
            try (SocketChannel other = server.accept()) {
                other.write(ByteBuffer.wrap(new byte[] {7}));
                assertThat(socket.getInputStream().read()).isEqualTo(7);
                CompletableFuture<Integer> reading = read(socket);
                CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> fill(socket));

                socket.close();

                for (CompletableFuture<?> ended : new CompletableFuture<?>[] {reading, writing}) {
                    assertThatThrownBy(() -> ended.get(1, TimeUnit.MINUTES)).hasRootCauseInstanceOf(IOException.class);
                }
                ByteBuffer rest = ByteBuffer.allocate(1 << 16);
                while (other.read(rest) >= 0) {
                    rest.clear();
                }
                assertThatThrownBy(() -> socket.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
                assertThatThrownBy(() -> socket.connect(AFUNIXSocketAddress.of(path)))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
        }
    }

    private static CompletableFuture<Integer> read(Socket socket) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return socket.getInputStream().read(new byte[10]);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** Nobody reads it. */
    private static void fill(Socket socket) {
        try {
            while (true) {
                socket.getOutputStream().write(new byte[1 << 16]);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
