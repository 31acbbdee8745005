package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.ThrowingRunnable;
import io.github.incusstemcell.internal.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command with somebody who feeds it, takes what it prints, and watches the clock until it has ended. */
final class CommandExecution {

    private static final Logger LOG = LoggerFactory.getLogger(CommandExecution.class);
    private static final int BUFFER = 64 * 1024;
    private static final int KILLED = 128 + 9;
    private static final Duration PATIENCE_WITH_THE_DEAD = Duration.ofSeconds(5);

    /** As long as a guest may take to stop that dies as the daemon starts the command, and {@link OperationEnd} until it looks for that. */
    private static final Duration PATIENCE_WITH_THE_DAEMON = Duration.ofSeconds(10);

    private final long begin = System.nanoTime();
    private final Command command;
    private final Output output;
    private final RunningCommand running;
    private final Connection connection;
    private boolean timedOut;
    private int exitCode;
    private Duration duration = Duration.ZERO;

    private CommandExecution(Execution execution, Command command, Output output) {
        this.command = command;
        this.output = output;
        this.running = execution.start(command);
        this.connection = execution.connection();
    }

    static CommandExecution run(Execution execution, Command command, Output output) {
        CommandExecution attending = new CommandExecution(execution, command, output);
        try {
            attending.attend();
        } finally {
            attending.running.close();
        }
        return attending;
    }

    ExecResult result(CollectedOutput.Printed stdout, CollectedOutput.Printed stderr) {
        return new ExecResult(command, exitCode, stdout, stderr, duration, timedOut);
    }

    private void attend() {
        CompletableFuture<Void> fed = connection.run(this::feed);
        CompletableFuture<Void> stdout = connection.run(() -> drain(Output.Stream.STDOUT, running.stdout()));
        CompletableFuture<Void> stderr = connection.run(() -> drain(Output.Stream.STDERR, running.stderr()));
        try {
            awaitExit(firstFailureOf(List.of(fed, stdout, stderr)));
            awaitDrained(CompletableFuture.allOf(stdout, stderr));
            duration = Duration.ofNanos(System.nanoTime() - begin);
        } catch (InterruptedException e) {
            running.kill();
            throw new IncusInterruptedException("the end of '" + command + "'", e);
        } catch (ExecutionException e) {
            Throwable reason = reason(e.getCause());
            running.kill();
            throw Failures.rethrow(reason);
        }
    }

    /**
     * A daemon that gives a command up cuts its streams. Why, its operation says, which may be heard a moment later; of a connection that is
     * lost it is heard at once.
     */
    private @Nullable Throwable reason(@Nullable Throwable failure) {
        if (failure instanceof IncusConnectionException) {
            try {
                running.waitFor(PATIENCE_WITH_THE_DAEMON);
            } catch (IncusException | InstanceGoneException e) {
                return e;
            } catch (IncusConnectionException e) {
                LOG.debug("The connection is lost altogether", e);
            }
        }
        return failure;
    }

    private void awaitExit(CompletableFuture<Void> trouble) throws InterruptedException, ExecutionException {
        CompletableFuture<Object> exit = CompletableFuture.anyOf(running.onExit(), trouble);
        try {
            exitCode = (int) (command.timeout().isEmpty() ? Waiting.on(exit) : Waiting.on(exit, timeLeft()));
        } catch (TimeoutException e) {
            timedOut = true;
            running.kill();
            exitCode = running.isAlive() ? KILLED : running.waitFor();
        }
    }

    private Duration timeLeft() {
        return command.timeout().orElseThrow().minusNanos(System.nanoTime() - begin);
    }

    /** What is printed has been sent before the end was; only who was killed and does not die leaves streams open. */
    private void awaitDrained(CompletableFuture<Void> drained) throws InterruptedException, ExecutionException {
        if (!timedOut) {
            Waiting.on(drained);
            return;
        }
        try {
            Waiting.on(drained, PATIENCE_WITH_THE_DEAD);
        } catch (TimeoutException e) {
            LOG.warn("'{}' was killed after its timeout, but its output does not end", command);
        }
    }

    private static CompletableFuture<Void> firstFailureOf(List<CompletableFuture<Void>> tasks) {
        CompletableFuture<Void> trouble = new CompletableFuture<>();
        for (CompletableFuture<Void> task : tasks) {
            task.whenComplete((done, failure) -> {
                if (failure != null) {
                    trouble.completeExceptionally(failure);
                }
            });
        }
        return trouble;
    }

    /** Only what was read to its end has an end: a program must not take the part before a failure for the whole. */
    private void feed() {
        byte[] buffer = new byte[BUFFER];
        try (InputStream source = open()) {
            UntilClosed stdin = new UntilClosed(running.stdin());
            for (int count = source.read(buffer); count >= 0 && !stdin.isClosed(); count = source.read(buffer)) {
                stdin.write(buffer, 0, count);
            }
            stdin.close();
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Reading the stdin for '" + command + "' failed: " + Failures.reason(e), e);
        }
    }

    private InputStream open() throws IOException {
        return command.stdin().isPresent() ? command.stdin().get().open() : InputStream.nullInputStream();
    }

    private void drain(Output.Stream stream, InputStream source) {
        byte[] buffer = new byte[BUFFER];
        for (int count = read(stream, source, buffer); count >= 0; count = read(stream, source, buffer)) {
            int length = count;
            hand(stream, () -> output.accept(stream, buffer, length));
        }
        hand(stream, () -> output.end(stream));
    }

    private int read(Output.Stream stream, InputStream source, byte[] buffer) {
        try {
            return source.read(buffer);
        } catch (IOException e) {
            throw connection.failure("Reading the " + name(stream) + " of '" + command + "'", e);
        }
    }

    private void hand(Output.Stream stream, ThrowingRunnable<IOException> taking) {
        synchronized (output) {
            try {
                taking.run();
            } catch (IOException e) {
                throw new IncusStemcellException(
                        "Handing on the " + name(stream) + " of '" + command + "' failed: " + Failures.reason(e), e);
            }
        }
    }

    private static String name(Output.Stream stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** A program may end, or close its stdin, before it has read all: that is no failure. */
    private static final class UntilClosed extends OutputStream {

        private final OutputStream stdin;
        private boolean closed;

        UntilClosed(OutputStream stdin) {
            this.stdin = stdin;
        }

        @Override
        public void write(int single) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            attempt(() -> stdin.write(data, offset, length));
        }

        @Override
        public void close() {
            attempt(stdin::close);
        }

        /** {@return whether nobody reads any more} */
        boolean isClosed() {
            return closed;
        }

        private void attempt(ThrowingRunnable<IOException> writing) {
            try {
                writing.run();
            } catch (IOException e) {
                closed = true;
                LOG.debug("A command has ended before it has read all of its stdin", e);
            }
        }
    }
}
