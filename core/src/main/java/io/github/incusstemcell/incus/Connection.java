package io.github.incusstemcell.incus;

import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * HTTP with one daemon. Every call can be ended from outside: by an interrupt of the waiting thread, and by
 * {@link #close()}, which ends all that are under way.
 */
final class Connection implements AutoCloseable {

    /**
     * The daemon gives up a command whose streams are not connected within five seconds, which many TLS handshakes at
     * once can take.
     */
    private static final int COMMANDS_STARTING_AT_ONCE = 8;

    private static final Duration SETTLING = Duration.ofSeconds(30);

    /** So long may a daemon be away that restarts. */
    private static final Duration RESTART = Duration.ofSeconds(30);

    private static final Duration RECONNECTING = Duration.ofMillis(250);

    private final Endpoint endpoint;
    private final HttpUrl base;
    private final OkHttpClient client;
    private final ExecutorService threads = DaemonThreads.pool("http");
    /**
     * Counted here, since OkHttp's dispatcher counts a call for a moment longer than until its answer is handed on.
     */
    private final AtomicInteger calls = new AtomicInteger();

    private final Set<Closeable> streams = ConcurrentHashMap.newKeySet();
    private final Semaphore starts = new Semaphore(COMMANDS_STARTING_AT_ONCE);
    private final Optional<Watch> watch;
    private volatile @Nullable String memberName;
    private volatile boolean answeredOnce;
    private volatile boolean hurried;
    private volatile boolean closed;

    Connection(Endpoint endpoint) {
        this(endpoint, Transport.client(endpoint), Connection::watchForUsers);
    }

    private static Optional<Watch> watchForUsers(Connection connection) {
        return DaemonWatch.isNeeded(connection.endpoint) ? Optional.of(DaemonWatch.over(connection)) : Optional.empty();
    }

    /** Another one to the same daemon, for what is on a member of its cluster, and ends where that is lost. */
    Connection toMember(String member) {
        return new Connection(
                endpoint, Transport.client(endpoint), there -> Optional.of(MemberWatch.over(there, this, member)));
    }

    /** Trusts the certificate of that fingerprint whatever the endpoint says. */
    Connection(Endpoint.Https endpoint, PinnedCertificate trusted) {
        this(endpoint, Transport.client(endpoint, trusted), Connection::watchForUsers);
    }

    private Connection(Endpoint endpoint, OkHttpClient.Builder builder, Function<Connection, Optional<Watch>> watches) {
        this.endpoint = endpoint;
        this.base = Transport.baseUrl(endpoint);
        this.client = builder.dispatcher(Transport.dispatcher(threads)).build();
        this.watch = watches.apply(this);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** From now on nobody waits for a daemon that restarts. */
    void hurry() {
        hurried = true;
    }

    /** {@return whether a call is under way or a stream is open} */
    boolean isBusy() {
        return calls.get() > 0 || !streams.isEmpty();
    }

    /** Sends the request and waits for the daemon's envelope. */
    Answer ask(ApiRequest request) {
        return await(request, askLater(request));
    }

    /**
     * {@return whether what is at a place is on another member of the cluster than the one that we talk to}
     *
     * @param location the name of a member; {@code none} where there is no cluster
     */
    boolean isRelay(String location) {
        if (location.isEmpty() || location.equals("none")) {
            return false;
        }
        String own = memberName;
        if (own == null) {
            own = ask(ApiRequest.get())
                    .metadata()
                    .path("environment")
                    .path("server_name")
                    .asText();
            memberName = own;
        }
        return !location.equals(own);
    }

    /** Sends the request; the future fails as {@link #ask} does. Cancelling it cancels the request. */
    CompletableFuture<Answer> askLater(ApiRequest request) {
        return send(request, (call, response) -> {
            try (response) {
                return Answer.of(request, response.code(), response.body().bytes());
            }
        });
    }

    /** Sends the request; the answer is no envelope but content, which the caller reads and closes. */
    InputStream content(ApiRequest request) {
        return await(request, send(request, (call, response) -> {
            if (!response.isSuccessful()) {
                throw refusal(request, response);
            }
            return new ContentStream(this, call, response.body().byteStream());
        }));
    }

    /** Sends the request and takes the connection over: the future has the raw bytes that follow. */
    CompletableFuture<RawStream> upgradeLater(ApiRequest request, String protocol) {
        request.header("Connection", "Upgrade").header("Upgrade", protocol);
        return send(request, (call, response) -> {
            okio.Socket socket = response.socket();
            if (response.code() != 101 || socket == null) {
                throw refusal(request, response);
            }
            return track(new RawStream(this, socket, response.headers()));
        });
    }

    /** Waits for what {@link #askLater} or {@link #upgradeLater} began; an interrupt cancels it. */
    <T> T await(Object what, CompletableFuture<T> pending) {
        try {
            return Waiting.on(pending);
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw new IncusInterruptedException(what.toString(), e);
        } catch (ExecutionException e) {
            throw Failures.rethrow(e.getCause());
        }
    }

    /**
     * The same for what the daemon does not stop doing where nobody waits: an interrupt that comes meanwhile is heard when it is done, with
     * success, or has taken half a minute more. So who cleans up after the interrupt finds what there is.
     */
    <T> T awaitSettled(Object what, CompletableFuture<T> pending) {
        try {
            return Waiting.on(pending);
        } catch (InterruptedException e) {
            try {
                return await(what, pending, SETTLING);
            } catch (TimeoutException late) {
                throw new IncusInterruptedException(what.toString(), e);
            } finally {
                Thread.currentThread().interrupt();
            }
        } catch (ExecutionException e) {
            throw Failures.rethrow(e.getCause());
        }
    }

    /** The same, for no longer than that; then it is cancelled. */
    <T> T await(Object what, CompletableFuture<T> pending, Duration limit) throws TimeoutException {
        try {
            return Waiting.on(pending, limit);
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw e;
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw new IncusInterruptedException(what.toString(), e);
        } catch (ExecutionException e) {
            throw Failures.rethrow(e.getCause());
        }
    }

    private <T> CompletableFuture<T> send(ApiRequest request, Reader<T> reader) {
        CompletableFuture<T> result = new CompletableFuture<>();
        sendIfOpen(request, reader, result, System.nanoTime() + RESTART.toNanos());
        return result;
    }

    private <T> void send(ApiRequest request, Reader<T> reader, CompletableFuture<T> result, long deadline) {
        Sending sending = new Sending();
        Call call = clientFor(request, sending).newCall(request.at(base));
        result.whenComplete((value, failure) -> {
            if (result.isCancelled()) {
                call.cancel();
            }
        });
        calls.incrementAndGet();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException cause) {
                calls.decrementAndGet();
                if (!sending.begun && isToBeSentAgain(request, deadline)) {
                    CompletableFuture.delayedExecutor(RECONNECTING.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> sendIfOpen(request, reader, result, deadline));
                    return;
                }
                result.completeExceptionally(error(cause).orElseGet(() -> failure(request.toString(), cause)));
            }

            @Override
            public void onResponse(Call answered, Response response) {
                answeredOnce = true;
                try {
                    T value = read(answered, response);
                    if (!result.complete(value) && value instanceof Closeable unwanted) {
                        Failures.closeQuietly(unwanted);
                    }
                } catch (IOException e) {
                    result.completeExceptionally(failure(request.toString(), e));
                } catch (IncusException e) {
                    result.completeExceptionally(watch.<RuntimeException>flatMap(
                                    guard -> guard.loss(request.toString(), e).map(loss -> loss))
                            .orElse(e));
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            }

            /** A stream is counted before its call no longer is. */
            private T read(Call answered, Response response) throws IOException {
                try {
                    return reader.read(answered, response);
                } finally {
                    calls.decrementAndGet();
                }
            }
        });
    }

    /** What was never sent, since nobody took it, can be sent later: a daemon that was there before may be restarting. */
    private boolean isToBeSentAgain(ApiRequest request, long deadline) {
        return answeredOnce && request.awaitsDaemon() && !hurried && !closed && System.nanoTime() - deadline < 0;
    }

    private <T> void sendIfOpen(ApiRequest request, Reader<T> reader, CompletableFuture<T> result, long deadline) {
        if (closed) {
            result.completeExceptionally(new IncusClosedException(request.toString()));
        } else if (watch.filter(Watch::refusesCalls).isPresent()) {
            result.completeExceptionally(failure(request.toString(), new IOException("it was not sent")));
        } else if (!result.isDone()) {
            send(request, reader, result, deadline);
        }
    }

    /** OkHttp tells of whatever its thread runs into by an {@link IOException}, "canceled due to ...": a library that does not link, say. */
    private static Optional<Throwable> error(IOException cause) {
        return Optional.ofNullable(cause.getCause()).filter(Error.class::isInstance);
    }

    /** Does the work when few others are at it. */
    <T> T inTurn(String what, Supplier<T> work) {
        try {
            starts.acquire();
        } catch (InterruptedException e) {
            throw new IncusInterruptedException(what, e);
        }
        try {
            return work.get();
        } finally {
            starts.release();
        }
    }

    /** Runs a task beside the caller, for as long as this connection is open. */
    CompletableFuture<Void> run(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    task.run();
                    done.complete(null);
                } catch (RuntimeException | Error e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IncusClosedException("Working beside a call"));
        }
        return done;
    }

    /**
     * A request that only reads may be sent once more where a kept connection turns out to be dead; one that changes
     * something may not.
     */
    private OkHttpClient clientFor(ApiRequest request, Sending sending) {
        return client.newBuilder()
                .eventListener(sending)
                .readTimeout(request.readTimeout())
                .retryOnConnectionFailure(request.onlyReads())
                .build();
    }

    private IncusException refusal(ApiRequest request, Response response) throws IOException {
        try (response) {
            byte[] body = response.code() == 101 ? new byte[0] : response.body().bytes();
            Answer answer = Answer.of(request, response.code(), body);
            return new IncusException(request.toString(), response.code(), "unexpected answer " + answer.metadata());
        }
    }

    /** {@return the exception to show for an I/O error in the middle of what is named} */
    RuntimeException failure(String what, IOException cause) {
        if (closed) {
            return new IncusClosedException(what);
        }
        return watch.flatMap(guard -> guard.loss(what, cause))
                .orElseGet(() -> lost(what, endpoint, Failures.reason(cause), cause));
    }

    static IncusConnectionException lost(String what, Endpoint endpoint, String reason, IOException cause) {
        return new IncusConnectionException(
                what + " failed: lost the connection to Incus at " + endpoint + ": " + reason, cause);
    }

    /** Has what is closed together with this, unless it was {@linkplain #forget forgotten} before. */
    <T extends Closeable> T track(T stream) {
        streams.add(stream);
        if (closed) {
            Failures.closeQuietly(stream);
        }
        return stream;
    }

    void forget(Closeable stream) {
        streams.remove(stream);
    }

    /** Ends all calls under way. */
    void breakOff() {
        client.dispatcher().cancelAll();
        streams.forEach(Failures::closeQuietly);
    }

    @Override
    public void close() {
        closed = true;
        watch.ifPresent(Watch::close);
        breakOff();
        client.connectionPool().evictAll();
        threads.shutdown();
    }

    /** Whether the daemon may have got something of a request. */
    private static final class Sending extends EventListener {

        volatile boolean begun;

        @Override
        public void requestHeadersStart(Call call) {
            begun = true;
        }
    }

    private interface Reader<T> {
        T read(Call call, Response response) throws IOException;
    }
}
