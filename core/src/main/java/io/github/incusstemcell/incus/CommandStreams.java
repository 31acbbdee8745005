package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The WebSockets of one command: one a stream, or one for all where it has a terminal; and one that takes orders. */
final class CommandStreams implements Closeable {

    private static final int END_OF_TRANSMISSION = 4;

    private final Connection connection;
    private final String command;
    private final boolean terminal;
    private final CompletableFuture<WebSocket> control;
    private final List<CompletableFuture<WebSocket>> sockets;
    private Writer stdin;
    private InputStream stdout;
    private InputStream stderr;

    /**
     * Connects them all at once: the command starts when those of its streams are there. The one that takes orders may
     * come later, even after the end of a short command, where it is of no use.
     */
    CommandStreams(Api api, Command command, String operation, JsonNode secrets) {
        this.connection = api.connection();
        this.command = command.toString();
        this.terminal = command.terminal().isPresent();
        this.control = open(api, operation, secrets.path("control"));
        this.sockets = Stream.of("0", "1", "2")
                .filter(secrets::has)
                .map(stream -> open(api, operation, secrets.path(stream)))
                .toList();
    }

    private static CompletableFuture<WebSocket> open(Api api, String operation, JsonNode secret) {
        return api.webSocketLater(ApiRequest.get("operations", operation, "websocket")
                .query("secret", secret.asText())
                .patient());
    }

    /** Waits until the streams are connected. */
    void connect() {
        List<WebSocket> connected = sockets.stream()
                .map(socket -> connection.await("the streams of '" + command + "'", socket))
                .toList();
        stdin = new Writer(connected.get(0));
        stdout = new Reader(connected.get(terminal ? 0 : 1));
        stderr = terminal ? InputStream.nullInputStream() : new Reader(connected.get(2));
    }

    Connection connection() {
        return connection;
    }

    OutputStream stdin() {
        return stdin;
    }

    InputStream stdout() {
        return stdout;
    }

    InputStream stderr() {
        return stderr;
    }

    void control(JsonNode message) {
        WebSocket socket = connection.await("the control stream of '" + command + "'", control.copy());
        try {
            socket.sendText(message.toString());
        } catch (IOException e) {
            throw connection.failure("Controlling '" + command + "'", e);
        }
    }

    /** Gives up the stream that takes orders: the daemon then kills the command. */
    void dropControl() {
        control.cancel(true);
        closeWhenOpen(control);
    }

    @Override
    public void close() {
        dropControl();
        sockets.forEach(socket -> {
            socket.cancel(true);
            closeWhenOpen(socket);
        });
    }

    private static void closeWhenOpen(CompletableFuture<WebSocket> socket) {
        if (socket.isDone() && !socket.isCompletedExceptionally()) {
            socket.join().close();
        }
    }

    private final class Reader extends InputStream {

        private final WebSocket socket;

        Reader(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = length == 0 ? 0 : socket.read(target, offset, length);
            if (count < 0 && terminal) {
                // The daemon waits for this before it lets a command with a terminal end.
                stdin.finish();
            }
            return count;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private final class Writer extends OutputStream {

        private final WebSocket socket;
        private volatile boolean ended;

        Writer(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            if (ended) {
                throw new IOException("The stdin of '" + command + "' is closed");
            }
            socket.send(data, offset, length);
        }

        /** A program knows the end of a pipe by itself, and that of a terminal, which stays open, by a character. */
        @Override
        public void close() throws IOException {
            if (terminal && !ended) {
                write(END_OF_TRANSMISSION);
            }
            finish();
        }

        synchronized void finish() throws IOException {
            if (!ended) {
                ended = true;
                socket.sendText("");
            }
        }
    }
}
