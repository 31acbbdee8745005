package io.github.incusstemcell.systemd;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.systemd.dbus.BusMessage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A D-Bus client on a pair of streams: calls, their replies, and the signals that come between them.
 *
 * <p>One thread reads. It hands each signal to the listeners itself, so that they see signals and replies in the order
 * of the wire; a listener must not wait. Calls may come from any thread.
 *
 * <p>Written here rather than taken from dbus-java, which wants a {@code SocketChannel} (so a socket pair and two pumps
 * beside the exec's streams), registers its transport for the whole class path, runs several pools of threads, and needs
 * a Java interface for each object and a class for each struct and signal; a library that asks for "all properties,
 * whatever they are" gets nothing from those.
 */
final class BusConnection implements AutoCloseable {

    /** What wants to know of signals, and of the connection's end. */
    interface Listener {
        void signal(BusMessage signal);

        void closed();
    }

    /** The connection ended before the answer came. */
    static final class ClosedException extends SystemdException {
        ClosedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private static final int LONGEST_LINE = 1000;

    private final String peer;
    private final DataInputStream in;
    private final OutputStream out;
    private final AutoCloseable carrier;
    private final AtomicLong serials = new AtomicLong();
    private final Map<Long, CompletableFuture<BusMessage>> pending = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> greeting = new CompletableFuture<>();
    private volatile @Nullable String destination;
    private volatile boolean closed;

    /**
     * Starts to read; {@link #greeting} tells when the connection is ready.
     *
     * @param peer whom messages of errors name
     * @param carrier closed with this connection
     */
    BusConnection(String peer, InputStream in, OutputStream out, AutoCloseable carrier) {
        this.peer = peer;
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        this.out = out;
        this.carrier = carrier;
        DaemonThreads.start("bus-" + peer, this::read);
    }

    /**
     * Waits for the carrier's first line, and if that starts with {@code bus} for the end of the handshake behind it.
     *
     * @return the first line
     */
    String greeting(Duration timeout) {
        return await(greeting, "open", Deadline.in(timeout));
    }

    /** From now on, calls name this destination; a connection to a bus daemon needs one, a private one does not. */
    void destination(String name) {
        destination = name;
    }

    void listen(Listener listener) {
        listeners.add(listener);
        if (closed) {
            listener.closed();
        }
    }

    void forget(Listener listener) {
        listeners.remove(listener);
    }

    boolean isClosed() {
        return closed;
    }

    /** Calls and waits for the reply's arguments. */
    List<Object> call(BusMessage.Call call, Duration timeout) {
        return call(call, Deadline.in(timeout));
    }

    /** The same, where some of the time may be over already. */
    List<Object> call(BusMessage.Call call, Deadline deadline) {
        return answer(send(call), call.member(), deadline);
    }

    /** Calls without waiting, so that many calls share one round trip; {@link #answer} takes the result. */
    CompletableFuture<BusMessage> send(BusMessage.Call call) {
        return send(call, new CompletableFuture<>());
    }

    /** Completes the given reply; what hangs on it runs on the reading thread, between the signals around the answer. */
    CompletableFuture<BusMessage> send(BusMessage.Call call, CompletableFuture<BusMessage> reply) {
        long serial = serials.incrementAndGet();
        byte[] message = call.encode(serial, destination);
        pending.put(serial, reply);
        try {
            synchronized (out) {
                out.write(message);
                out.flush();
            }
        } catch (IOException e) {
            end(e);
        }
        if (closed) {
            // The reader may have ended between our look at the pending calls and its own.
            reply.completeExceptionally(closedException(null));
        }
        return reply;
    }

    List<Object> answer(CompletableFuture<BusMessage> reply, String member, Deadline deadline) {
        BusMessage message = await(reply, member, deadline);
        if (message.type() == BusMessage.ERROR) {
            List<Object> body = message.body();
            throw new SystemdException(
                    "systemd of " + peer + " refused " + member + ": "
                            + (body.isEmpty() ? message.errorName() : body.get(0)),
                    message.errorName(),
                    null);
        }
        return message.body();
    }

    private <T> T await(CompletableFuture<T> future, String what, Deadline deadline) {
        try {
            return Waiting.on(future, deadline.left());
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("systemd of " + peer + " was asked to " + what, e);
        } catch (TimeoutException e) {
            throw new SystemdException(
                    "systemd of " + peer + " did not answer " + what + " within " + DurationText.of(deadline.span())
                            + "; is the guest frozen, or PID 1 busy?",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SystemdException known ? known : closedException(e.getCause());
        }
    }

    private void read() {
        try {
            String first = line();
            if (first.startsWith("bus")) {
                authenticate();
            }
            greeting.complete(first);
            while (true) {
                dispatch(BusMessage.read(in));
            }
        } catch (IOException | RuntimeException e) {
            end(e);
        } catch (Error e) {
            // Nobody reads any more, whatever it was.
            end(e);
            throw e;
        }
    }

    /** SASL EXTERNAL as root (D-Bus specification, "Authentication Protocol"); 30 is the hex form of the uid "0". */
    private void authenticate() throws IOException {
        write("\0AUTH EXTERNAL 30\r\n");
        String answer = line();
        if (!answer.startsWith("OK ")) {
            throw new IOException("The bus answered the authentication with: " + GuestText.escaped(answer));
        }
        write("BEGIN\r\n");
    }

    private void write(String text) throws IOException {
        synchronized (out) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException(
                        "What came instead of a greeting is too long: " + GuestText.escaped(line.toString()));
            }
            if (next < 0) {
                throw new EOFException("The stream ended after: " + GuestText.escaped(line.toString()));
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private void dispatch(BusMessage message) {
        if (message.type() == BusMessage.SIGNAL) {
            listeners.forEach(listener -> listener.signal(message));
            return;
        }
        CompletableFuture<BusMessage> reply = pending.remove(message.replySerial());
        if (reply != null) {
            reply.complete(message);
        }
    }

    private void end(@Nullable Throwable reason) {
        if (isFirstEnd(reason)) {
            closeCarrier();
        }
    }

    private boolean isFirstEnd(@Nullable Throwable reason) {
        boolean first;
        synchronized (pending) {
            first = !closed;
            closed = true;
        }
        SystemdException end = closedException(reason);
        greeting.completeExceptionally(end);
        pending.values().forEach(reply -> reply.completeExceptionally(end));
        pending.clear();
        if (first) {
            listeners.forEach(Listener::closed);
        }
        return first;
    }

    private void closeCarrier() {
        try {
            carrier.close();
        } catch (Exception e) {
            // The exec is over either way, and there is nobody left whom its last words could help.
            org.slf4j.LoggerFactory.getLogger(BusConnection.class).debug("Closing the bus of {}", peer, e);
        }
    }

    private SystemdException closedException(@Nullable Throwable cause) {
        return new ClosedException("The connection to systemd of " + peer + " ended", cause);
    }

    @Override
    public void close() {
        end(null);
    }

    /** Closes it for somebody who has no time left to see its carrier end, which takes long in a guest that hangs. */
    void abandon() {
        if (isFirstEnd(null)) {
            DaemonThreads.start("bus-end-" + peer, this::closeCarrier);
        }
    }
}
