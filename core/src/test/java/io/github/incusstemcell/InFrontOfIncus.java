package io.github.incusstemcell;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Stands between a client and the real Incus, which gets each request after the test has seen what it begins with. */
public final class InFrontOfIncus implements AutoCloseable {

    /** Thrown by a test that wants the connection of a request to be lost instead. */
    public static final class Lost extends RuntimeException {}

    private final Path socket;
    private final Path real;
    private final Consumer<String> seen;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "in-front-of-incus");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Listens.
     *
     * @param folder for the socket
     * @param seen hears the method and the target of each request, such as {@code DELETE /1.0/instances/c1?project=p}, on a
     *     thread of its own
     */
    public InFrontOfIncus(Path folder, Consumer<String> seen) throws IOException {
        this.socket = folder.resolve("unix.socket");
        this.seen = seen;
        try (Incus incus = Incus.connect()) {
            this.real = ((Endpoint.UnixSocket) incus.endpoint()).path();
        }
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        threads.execute(this::accept);
    }

    public Endpoint endpoint() {
        return Endpoint.unixSocket(socket);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = tracked(server.accept());
                threads.execute(() -> connect(client));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request each, since the client keeps no connection over a Unix socket. */
    private void connect(SocketChannel client) {
        ByteBuffer first = ByteBuffer.allocate(64 * 1024);
        try {
            while (!text(first).contains("\r\n")) {
                if (client.read(first) < 0) {
                    client.close();
                    return;
                }
            }
            String request = text(first).split(" ", 3)[0] + " " + text(first).split(" ", 3)[1];
            seen.accept(request);
            SocketChannel daemon = tracked(SocketChannel.open(UnixDomainSocketAddress.of(real)));
            daemon.write(first.flip());
            threads.execute(() -> pass(daemon, client));
            pass(client, daemon);
        } catch (Lost | IOException e) {
            closeBoth(client, client);
        }
    }

    private static String text(ByteBuffer read) {
        return new String(read.array(), 0, read.position(), StandardCharsets.US_ASCII);
    }

    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        try {
            while (from.read(bytes) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
                bytes.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            closeBoth(from, to);
        }
    }

    private static void closeBoth(SocketChannel one, SocketChannel other) {
        try {
            one.close();
            other.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SocketChannel tracked(SocketChannel channel) {
        open.add(channel);
        return channel;
    }
}
