package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.Sftp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of SFTP version 3 (draft-ietf-secsh-filexfer-02) over {@code GET /1.0/instances/NAME/sftp}. Requests
 * may be under way in any number; the answers are told apart by their numbers.
 *
 * <p>Short-lived on purpose: an open session keeps the daemon from stopping the instance in good order.
 */
final class SftpSession implements Sftp.Session {

    /** It takes some milliseconds, also on a machine that is very busy well under a second, unless the daemon is halted. */
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(40);

    /** Each reply is about one block or one name, however large the file is. */
    static final Duration LONGEST_REPLY = Duration.ofMinutes(2);

    private static final int PROTOCOL = 3;
    private static final int LARGEST_PACKET = 1 << 20;

    /** For the question what has become of the instance. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Api api;
    private final RawStream stream;
    private final String instance;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Reply>> pending = new ConcurrentHashMap<>();
    private volatile @Nullable RuntimeException broken;

    private SftpSession(Api api, RawStream stream, String instance) {
        this.api = api;
        this.stream = stream;
        this.instance = instance;
    }

    /** Opens a session. */
    static SftpSession open(Api api, String instance) {
        return open(api, instance, LONGEST_OPENING);
    }

    static SftpSession open(Api api, String instance, Duration limit) {
        try {
            return attempt(api, instance, limit);
        } catch (TimeoutException e) {
            throw new IncusStemcellException(
                    "Incus opened no session for the files of instance '" + instance + "' within " + limit.toSeconds()
                            + " s; is the daemon busy with the instance?",
                    e);
        }
    }

    private static SftpSession attempt(Api api, String instance, Duration limit) throws TimeoutException {
        long begin = System.nanoTime();
        ApiRequest request = ApiRequest.get("instances", instance, "sftp").patient();
        RawStream stream = api.connection().await(request, api.upgradeLater(request, "sftp"), limit);
        SftpSession session = new SftpSession(api, stream, instance);
        boolean open = false;
        try {
            session.greet(limit.minusNanos(System.nanoTime() - begin));
            open = true;
            return session;
        } catch (IOException e) {
            throw api.connection().failure(request.toString(), e);
        } finally {
            if (!open) {
                session.close();
            }
        }
    }

    private void greet(Duration limit) throws IOException, TimeoutException {
        write(new Buffer().writeByte(INIT).writeInt(PROTOCOL));
        CompletableFuture<Reply> version = new CompletableFuture<>();
        pending.put(PROTOCOL, version);
        stream.connection().run(this::receive).whenComplete((ended, failure) -> {
            if (failure != null) {
                breakOff(new IncusStemcellException(
                        "Reading the answers for the files of instance '" + instance + "' failed: " + failure,
                        failure));
            }
        });
        flush();
        stream.connection().await("the greeting of SFTP", version, limit);
    }

    /**
     * Sends a request, at the latest where an answer is waited for, so that small ones go together; its reply, good or not, comes later.
     */
    @Override
    public CompletableFuture<Reply> send(int type, Buffer body) {
        int number = numbers.incrementAndGet();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        pending.put(number, reply);
        try {
            write(new Buffer().writeByte(type).writeInt(number), body);
        } catch (IOException e) {
            breakOff(failure(e));
        }
        if (broken != null) {
            reply.completeExceptionally(broken);
        }
        return reply;
    }

    /**
     * Waits for a reply.
     *
     * @throws IncusStemcellException where it has not come within that time
     * @throws InstanceGoneException where it does not come, as the session has ended with the instance
     */
    @Override
    public Reply answer(CompletableFuture<Reply> reply, Duration limit) {
        try {
            return await(reply, limit);
        } catch (IncusConnectionException e) {
            requireInstance(e);
            throw e;
        } catch (TimeoutException e) {
            throw new IncusStemcellException(
                    "Incus did not answer for the files of instance '" + instance + "' within "
                            + limit.toSeconds()
                            + " s; is its storage busy, or the instance, or does what is read wait for somebody, as a pipe does?",
                    e);
        }
    }

    /** Where the daemon itself is away, it is not waited for. */
    private void requireInstance(IncusConnectionException failure) {
        ApiRequest look = ApiRequest.get("instances", instance).atOnce();
        String state;
        try {
            state = InstanceInfo.of(api.connection()
                            .await(look, api.askLater(look), LOOK)
                            .metadata())
                    .status();
        } catch (TimeoutException | IncusStemcellException e) {
            failure.addSuppressed(e);
            return;
        }
        if (state.equals("Stopped")) {
            InstanceGoneException gone = new InstanceGoneException(instance, "its files were used", "was stopped");
            gone.initCause(failure);
            throw gone;
        }
    }

    private Reply await(CompletableFuture<Reply> reply, Duration limit) throws TimeoutException {
        if (!reply.isDone()) {
            flush();
        }
        return stream.connection().await("the files of instance '" + instance + "'", reply, limit);
    }

    private void write(Buffer... parts) throws IOException {
        long length = 0;
        for (Buffer part : parts) {
            length += part.size();
        }
        BufferedSink sink = stream.sink();
        synchronized (sink) {
            sink.writeInt((int) length);
            for (Buffer part : parts) {
                sink.writeAll(part);
            }
        }
    }

    /** Lets go what waits for more to be sent with. */
    @Override
    public void flush() {
        BufferedSink sink = stream.sink();
        try {
            synchronized (sink) {
                sink.flush();
            }
        } catch (IOException e) {
            breakOff(failure(e));
        }
    }

    private void receive() {
        try {
            BufferedSource source = stream.source();
            while (broken == null) {
                int length = source.readInt();
                if (length < 5 || length > LARGEST_PACKET) {
                    throw new IOException("a packet of " + length + " bytes is none of SFTP");
                }
                int type = source.readByte();
                int number = source.readInt();
                Buffer body = new Buffer();
                source.readFully(body, length - 5L);
                CompletableFuture<Reply> waiting = pending.remove(number);
                if (waiting != null) {
                    waiting.complete(new Reply(type, body));
                }
            }
        } catch (IOException e) {
            breakOff(failure(e));
        }
    }

    private RuntimeException failure(IOException cause) {
        return stream.connection().failure("Reaching the files of instance '" + instance + "'", cause);
    }

    private void breakOff(RuntimeException cause) {
        broken = cause;
        pending.values().forEach(waiting -> waiting.completeExceptionally(cause));
        stream.close();
    }

    @Override
    public void close() {
        stream.close();
    }
}
