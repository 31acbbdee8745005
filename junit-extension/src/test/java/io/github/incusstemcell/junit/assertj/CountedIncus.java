package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real Incus, with a count of how often it, or what runs in a guest, is asked something; it counts before anybody can answer. */
final class CountedIncus implements AutoCloseable {

    private static final int MASK_LENGTH = 4;
    private static final int FIRST_CONTROL_OPCODE = 8;

    private static final Pattern WAIT = Pattern.compile("^GET /1.0/operations/[^/]+/wait\\?(?:.*&)?timeout=(\\d+)");

    private final Path socket;
    private final Path real;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<SocketChannel> counted = ConcurrentHashMap.newKeySet();
    /** When requests that wait for the end of commands will be answered at the latest; those that were answered earlier are gone. */
    private final Queue<Long> waits = new ConcurrentLinkedQueue<>();

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "counted-incus");
        thread.setDaemon(true);
        return thread;
    });

    CountedIncus(Path folder) throws IOException {
        socket = folder.resolve("unix.socket");
        try (Incus incus = Incus.connect()) {
            real = ((Endpoint.UnixSocket) incus.endpoint()).path();
        }
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        threads.execute(this::accept);
    }

    Endpoint endpoint() {
        return Endpoint.unixSocket(socket);
    }

    /**
     * {@return what was asked meanwhile: each request, such as {@code POST exec}, but those by which it only gets its streams, and those that
     * look now and then whether a command that began before still runs; and each message to a process that ran before, such as
     * {@code message of 20}}
     */
    List<String> during(Runnable work) {
        counted.addAll(open);
        asked.clear();
        work.run();
        counted.clear();
        return List.copyOf(asked);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                threads.execute(() -> connect(client));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void connect(SocketChannel client) {
        try (SocketChannel daemon = SocketChannel.open(UnixDomainSocketAddress.of(real))) {
            threads.execute(() -> answer(daemon, client));
            InputStream from = input(client);
            OutputStream to = output(daemon);
            String head = head(from);
            String[] request = head.split("[ ?]", 3);
            if (!request[1].contains("/operations/") && !isLookAtInstance(request[1])) {
                asked.add(request[0] + " " + request[1].substring(request[1].lastIndexOf('/') + 1));
            }
            if (head.toLowerCase(Locale.ROOT).contains("upgrade: websocket")) {
                to.write(head.getBytes(StandardCharsets.ISO_8859_1));
                passMessages(client, new DataInputStream(from), to);
            } else {
                passRequest(head, from, to);
            }
        } catch (IOException e) {
            // One of both has closed it.
        } finally {
            close(client);
        }
    }

    private void passRequest(String head, InputStream from, OutputStream to) throws IOException {
        Matcher wait = WAIT.matcher(head);
        Long end = wait.find()
                ? System.nanoTime()
                        + Duration.ofSeconds(Long.parseLong(wait.group(1))).toNanos()
                : null;
        if (end != null) {
            waits.add(end);
        }
        try {
            to.write(head.getBytes(StandardCharsets.ISO_8859_1));
            from.transferTo(to);
        } finally {
            if (end != null && end - System.nanoTime() > 0) {
                waits.remove(end);
            }
        }
    }

    /** At an instance a command is looked for once the daemon was done with waiting for its end. */
    private boolean isLookAtInstance(String path) {
        return path.matches("/1.0/instances/[^/]+")
                && waits.stream()
                        .filter(end -> end - System.nanoTime() <= 0)
                        .findFirst()
                        .filter(waits::remove)
                        .isPresent();
    }

    /** Unlike those of Channels, of which one waits for the other. */
    private static InputStream input(SocketChannel channel) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(into, offset, length));
            }
        };
    }

    private static OutputStream output(SocketChannel channel) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                ByteBuffer left = ByteBuffer.wrap(from, offset, length);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            }
        };
    }

    private static String head(InputStream from) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = from.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** As RFC 6455 has them. */
    private void passMessages(SocketChannel client, DataInputStream from, OutputStream to) throws IOException {
        while (true) {
            byte[] begin = new byte[2];
            from.readFully(begin);
            int length = begin[1] & 0x7f;
            byte[] longer = new byte[length == 126 ? 2 : length == 127 ? 8 : 0];
            from.readFully(longer);
            long size = longer.length == 0 ? length : new BigInteger(1, longer).longValueExact();
            byte[] message = from.readNBytes(Math.toIntExact(size) + MASK_LENGTH);
            if ((begin[0] & 0xf) < FIRST_CONTROL_OPCODE && counted.contains(client)) {
                asked.add("message of " + size);
            }
            to.write(begin);
            to.write(longer);
            to.write(message);
        }
    }

    private void answer(SocketChannel daemon, SocketChannel client) {
        try {
            input(daemon).transferTo(output(client));
        } catch (IOException e) {
            // One of both has closed it.
        } finally {
            close(client);
        }
    }

    private void close(SocketChannel client) {
        open.remove(client);
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(this::close);
        threads.shutdownNow();
    }
}
