package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.CollectedOutput.Printed;
import java.time.Duration;

/**
 * How a command ended and what it printed: of each stream the first 16 MiB. What comes after that is dropped, which {@link #isTruncated()}
 * and the text of the stream say; for more there are {@link Instance#exec(Command, Output)}, which hands on all of it, and files.
 */
public final class ExecResult {

    private static final int NOT_FOUND = 127;

    private final Command command;
    private final int exitCode;
    private final Printed stdout;
    private final Printed stderr;
    private final Duration duration;
    private final boolean timedOut;

    ExecResult(Command command, int exitCode, Printed stdout, Printed stderr, Duration duration, boolean timedOut) {
        this.command = command;
        this.exitCode = exitCode;
        this.stdout = stdout;
        this.stderr = stderr;
        this.duration = duration;
        this.timedOut = timedOut;
    }

    /** {@return the command} */
    public Command command() {
        return command;
    }

    /** {@return its exit code, 0 to 255; 128 and the number of the signal that ended it} */
    public int exitCode() {
        return exitCode;
    }

    /**
     * {@return its stdout, decoded as UTF-8; empty where an {@link Output} took it} Where it was longer than 16 MiB, a last line
     * says how much was dropped.
     */
    public String stdout() {
        return stdout.text();
    }

    /**
     * {@return its stderr, decoded as UTF-8; empty where an {@link Output} took it} Where it was longer than 16 MiB, a last line
     * says how much was dropped.
     */
    public String stderr() {
        return stderr.text();
    }

    /** {@return a copy of its stdout, of at most 16 MiB} */
    public byte[] stdoutBytes() {
        return stdout.bytes().clone();
    }

    /** {@return a copy of its stderr, of at most 16 MiB} */
    public byte[] stderrBytes() {
        return stderr.bytes().clone();
    }

    /** {@return whether it printed more to one of the streams than the 16 MiB that are kept} */
    public boolean isTruncated() {
        return stdout.dropped() > 0 || stderr.dropped() > 0;
    }

    /** {@return the time from the request to its end, as seen from here} */
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

    /**
     * Insists on success, and on having all that it printed, for those who read it to its end.
     *
     * @return this
     * @throws CommandFailedException if it ended with anything but 0, was killed because its time was over, or printed more than is kept
     */
    public ExecResult requireWhole() {
        requireSuccess();
        if (isTruncated()) {
            throw new CommandFailedException(this);
        }
        return this;
    }

    /** {@return the command and how it ended} */
    @Override
    public String toString() {
        return "'" + command + "' " + ending()
                + (isTruncated()
                        ? "; of what it printed only the first " + CollectedOutput.LIMIT
                                + " bytes of each stream are kept"
                        : "");
    }

    String ending() {
        if (exitCode == NOT_FOUND && isSentence()) {
            return "ended with exit code 127: there is no program whose name is that one word; have a shell split it by"
                    + " shell(...), or write exec(\""
                    + String.join("\", \"", command.argv().get(0).split("\\s+")) + "\")";
        }
        return timedOut
                ? "was killed after its timeout of "
                        + command.timeout().map(Duration::toMillis).orElse(0L) + " ms"
                : "ended with exit code " + exitCode;
    }

    /** Whether somebody has written a program and its arguments as one. */
    private boolean isSentence() {
        return command.argv().size() == 1 && command.argv().get(0).strip().matches("(?s).*\\s.*");
    }
}
