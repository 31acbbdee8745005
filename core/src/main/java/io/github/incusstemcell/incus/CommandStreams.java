package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The WebSockets of one command: one a stream, or one for all where it has a terminal; and one that takes orders. */
final class CommandStreams implements Closeable {

    private static final int END_OF_TRANSMISSION = 4;

    /** Of an operation that has ended, as its streams did not come within five seconds. */
    private static final String NOT_AWAITED = "Only running operations can be connected";

    private final Api api;
    private final String command;
    private final boolean terminal;
    private final String operation;
    private final JsonNode secrets;
    private final boolean relayed;
    private final CompletableFuture<WebSocket> control;
    private final List<CompletableFuture<WebSocket>> sockets;
    private boolean lastAsked;
    private OutputStream stdin = OutputStream.nullOutputStream();
    private InputStream stdout = InputStream.nullInputStream();
    private InputStream stderr = InputStream.nullInputStream();

    /** Connects the one that takes orders and the streams, all but the last of them, at once. */
    CommandStreams(Api api, Command command, String operation, JsonNode secrets, boolean relayed) {
        this.api = api;
        this.command = command.toString();
        this.terminal = command.terminal().isPresent();
        this.operation = operation;
        this.secrets = secrets;
        this.relayed = relayed;
        this.control = open("control");
        this.sockets = (terminal ? Stream.<String>empty() : Stream.of("0", "1"))
                .map(this::open)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private CompletableFuture<WebSocket> open(String stream) {
        return api.webSocketLater(ApiRequest.get("operations", operation, "websocket")
                .query("secret", secrets.path(stream).asText()));
    }

    /**
     * Connects the last stream, with which the command starts, once the daemon has the one that takes orders, and waits until all are
     * connected. When a command ends, one part of the daemon looks for the stream that takes orders while another waits for it: one that
     * comes between the two is read from for ever, and the operation never ends (instance_exec.go, Incus 6.0 to 7.3).
     */
    void connect() {
        WebSocket orders = await(control);
        if (!relayed) {
            awaitRegistration(orders);
        }
        lastAsked = true;
        sockets.add(open(terminal ? "0" : "2"));
        List<WebSocket> connected = sockets.stream().map(this::await).toList();
        Writer input = new Writer(connected.get(0));
        stdin = input;
        stdout = new Reader(connected.get(terminal ? 0 : 1), input);
        stderr = terminal ? InputStream.nullInputStream() : new Reader(connected.get(2), input);
    }

    /**
     * The daemon answers the handshake before it registers the stream, and sends a first ping after that. Another member of its cluster, which
     * relays the stream, keeps the pings to itself, but answers us only when it has been answered: that is long before it can connect
     * the next stream.
     */
    private void awaitRegistration(WebSocket orders) {
        try {
            connection().await(streams(), connection().run(() -> awaitPing(orders)), ApiRequest.PATIENCE);
        } catch (TimeoutException e) {
            throw connection()
                    .failure(
                            "Connecting " + streams(),
                            new IOException("the daemon has not sent its first ping within "
                                    + ApiRequest.PATIENCE.toSeconds() + " s"));
        }
    }

    private void awaitPing(WebSocket orders) {
        try {
            orders.awaitPing();
        } catch (IOException e) {
            throw connection().failure("Connecting " + streams(), e);
        }
    }

    private WebSocket await(CompletableFuture<WebSocket> socket) {
        try {
            return connection().await(streams(), socket);
        } catch (IncusException e) {
            if (!e.isNotFound() && !e.answer().equals(NOT_AWAITED)) {
                throw e;
            }
            throw new IncusException(
                    "Starting '" + command + "'",
                    e.code(),
                    "the daemon no longer knows operation " + operation
                            + " of it, or waits for no streams of it, as one that was restarted or out of reach meanwhile: "
                            + e.answer());
        }
    }

    /** Only with its last stream the daemon starts the command. */
    boolean mayHaveStarted() {
        return lastAsked;
    }

    private String streams() {
        return "the streams of '" + command + "'";
    }

    Connection connection() {
        return api.connection();
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
        WebSocket socket = connection().await("the control stream of '" + command + "'", control.copy());
        try {
            socket.sendText(message.toString());
        } catch (IOException e) {
            throw connection().failure("Controlling '" + command + "'", e);
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
        private final Writer input;

        Reader(WebSocket socket, Writer input) {
            this.socket = socket;
            this.input = input;
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
                input.finish();
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
