package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * A command that runs inside an instance at this moment, with its streams in our hands.
 *
 * <p>The streams are the daemon's own: nothing is collected here. As with {@link Process}, a command that prints more
 * than anybody reads comes to a halt, and {@link #waitFor()} with it. Where the JVM ends, the daemon kills the command.
 *
 * <p>Different threads may use the streams and the methods at the same time; each stream is for one thread at a time.
 */
public final class RunningCommand implements AutoCloseable {

    private static final Duration PATIENCE_WITH_THE_DEAD = Duration.ofSeconds(5);

    private final Command command;
    private final ProcessTree tree;
    private final CommandStreams streams;
    private final CompletableFuture<Integer> exit;
    private volatile boolean signalled;

    RunningCommand(
            Command command,
            ProcessTree tree,
            CommandStreams streams,
            CompletableFuture<OperationAnswer> end,
            ExitCodes exitCodes) {
        this.command = command;
        this.tree = tree;
        this.streams = streams;
        this.exit = end.thenApply(operation -> exitCodes.of(operation, signalled));
    }

    /** {@return the command} */
    public Command command() {
        return command;
    }

    /** {@return where to write what the program reads; each write is sent at once; closing it ends the program's input} */
    public OutputStream stdin() {
        return streams.stdin();
    }

    /** {@return what the program prints to stdout, as it prints it} */
    public InputStream stdout() {
        return streams.stdout();
    }

    /** {@return what the program prints to stderr, as it prints it; at its end where there is a terminal} */
    public InputStream stderr() {
        return streams.stderr();
    }

    /** {@return whether it runs still, as far as the daemon has told} */
    public boolean isAlive() {
        return !exit.isDone();
    }

    /**
     * Waits until it has ended and all that it printed is on its way.
     *
     * @return its exit code, 0 to 255; 128 and the number of the signal that ended it
     * @throws InstanceGoneException if the instance was stopped or deleted meanwhile
     * @throws IncusConnectionException if the daemon is gone
     */
    public int waitFor() {
        return streams.connection().await("the end of '" + command + "'", exit.copy());
    }

    /**
     * Waits until it has ended, but not for ever.
     *
     * @param limit how long to wait
     * @return its exit code; empty where it runs still
     * @throws InstanceGoneException if the instance was stopped or deleted meanwhile
     * @throws IncusConnectionException if the daemon is gone
     */
    public OptionalInt waitFor(Duration limit) {
        try {
            return OptionalInt.of(streams.connection().await("the end of '" + command + "'", exit.copy(), limit));
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        }
    }

    /** {@return its exit code when it will have ended; fails as {@link #waitFor()} does; completing it does nothing} */
    public CompletableFuture<Integer> onExit() {
        return exit.copy();
    }

    /**
     * Sends it a signal: to the program itself, not to what it started.
     *
     * @param number the number of the signal, such as 15 for SIGTERM
     */
    public void signal(int number) {
        signalled = true;
        streams.control(Json.object().put("command", "signal").put("signal", number));
    }

    /**
     * Tells it that its terminal has another size. Without a terminal nothing happens.
     *
     * @param columns the width in characters
     * @param rows the height in characters
     */
    public void resize(int columns, int rows) {
        ObjectNode message = Json.object().put("command", "window-resize");
        message.putObject("args").put("width", Integer.toString(columns)).put("height", Integer.toString(rows));
        streams.control(message);
    }

    /**
     * Kills it with all that it started, however that was detached from it, and waits until it has ended. What it printed
     * before can still be read. In a frozen instance, where nothing can look for them, those that it started live on.
     */
    public void kill() {
        if (isAlive()) {
            signalled = true;
            if (!tree.kill() || !isDeadSoon()) {
                streams.dropControl();
                isDeadSoon();
            }
        }
    }

    /** Closes its streams and does not wait: the daemon then kills the program, if it runs still, and nothing of what that has started. */
    void drop() {
        streams.close();
    }

    private boolean isDeadSoon() {
        try {
            CompletableFuture<Boolean> over = exit.handle((code, failure) -> true);
            return streams.connection().await("the end of '" + command + "'", over, PATIENCE_WITH_THE_DEAD);
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Kills it if it runs still, and closes its streams. */
    @Override
    public void close() {
        try {
            kill();
        } finally {
            streams.close();
        }
    }
}
