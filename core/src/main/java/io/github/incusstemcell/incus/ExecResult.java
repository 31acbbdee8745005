package io.github.incusstemcell.incus;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How a command ended and what it printed. */
public final class ExecResult {

    private final Command command;
    private final int exitCode;
    private final byte[] stdout;
    private final byte[] stderr;
    private final Duration duration;
    private final boolean timedOut;

    ExecResult(Command command, int exitCode, byte[] stdout, byte[] stderr, Duration duration, boolean timedOut) {
        this.command = command;
        this.exitCode = exitCode;
        this.stdout = stdout;
        this.stderr = stderr;
        this.duration = duration;
        this.timedOut = timedOut;
    }

    /** {@return the command; not null} */
    public Command command() {
        return command;
    }

    /** {@return its exit code, 0 to 255; 128 and the number of the signal that ended it} */
    public int exitCode() {
        return exitCode;
    }

    /** {@return its stdout, decoded as UTF-8; not null; empty where an {@link Output} took it} */
    public String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /** {@return its stderr, decoded as UTF-8; not null; empty where an {@link Output} took it} */
    public String stderr() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /** {@return a copy of its stdout; not null} */
    public byte[] stdoutBytes() {
        return stdout.clone();
    }

    /** {@return a copy of its stderr; not null} */
    public byte[] stderrBytes() {
        return stderr.clone();
    }

    /** {@return the time from the request to its end, as seen from here; not null} */
    public Duration duration() {
        return duration;
    }

    /** {@return whether it was killed because its time was over} */
    public boolean timedOut() {
        return timedOut;
    }

    /** {@return whether it ended by itself and with 0} */
    public boolean isSuccess() {
        return exitCode == 0 && !timedOut;
    }

    /**
     * Insists on success.
     *
     * @return this
     * @throws CommandFailedException if it ended with anything but 0, or was killed because its time was over
     */
    public ExecResult requireSuccess() {
        if (!isSuccess()) {
            throw new CommandFailedException(this);
        }
        return this;
    }

    /** {@return the command and how it ended} */
    @Override
    public String toString() {
        return "'" + command + "' " + ending();
    }

    String ending() {
        return timedOut
                ? "was killed after its timeout of "
                        + command.timeout().map(Duration::toMillis).orElse(0L) + " ms"
                : "ended with exit code " + exitCode;
    }
}
