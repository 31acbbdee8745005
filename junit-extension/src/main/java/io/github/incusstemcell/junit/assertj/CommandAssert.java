package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what comes of a command. It runs once, and all of them look at that; where they wait or watch, it runs anew until what
 * they ask for comes of it. A run that is still going on at the end of that time is killed. {@link #satisfies} is given the {@link
 * ExecResult}, whether it succeeded or not.
 *
 * <p>A command sees what the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}) has written, as anything in the guest does.
 */
public final class CommandAssert extends GuestAssert<CommandAssert, ExecResult> {

    private final Command command;
    private @Nullable ExecResult last;

    CommandAssert(Subject subject, Command command) {
        super(subject);
        Objects.requireNonNull(command, "command");
        this.command = command;
    }

    @Override
    CommandAssert that(String wanted, Predicate<ExecResult> holds) {
        result(wanted, holds);
        return this;
    }

    @Override
    Object comparable(ExecResult result) {
        return List.of(result.exitCode(), result.timedOut(), result.stdout(), result.stderr());
    }

    private Optional<ExecResult> result(String wanted, Predicate<ExecResult> holds) {
        ExecResult before = last;
        if (before != null && subject.timing().mode() != Timing.Mode.ALWAYS && holds.test(before)) {
            return Optional.of(before);
        }
        boolean again = subject.timing().mode() == Timing.Mode.NOW;
        Observation<ExecResult> seen = new Observation<>(
                subject.timing(), holds, result -> result.timedOut() ? "no end" : "exit code " + result.exitCode());
        seen.polling(() -> before != null && again ? before : subject.stemcell().exec(limited(seen)));
        last = seen.last();
        return subject.verify(
                "'" + command + "'",
                wanted,
                seen,
                now -> ending(now) + "\n  stdout: " + now.stdout().strip() + "\n  stderr: "
                        + now.stderr().strip());
    }

    /** One that hangs must not outlast the wait for it. */
    private Command limited(Observation<ExecResult> seen) {
        if (subject.timing().mode() == Timing.Mode.NOW) {
            return command;
        }
        // One that began in a time to be watched may well end behind it.
        boolean awaited = subject.timing().mode() == Timing.Mode.WITHIN;
        Duration left = Collections.max(List.of(seen.left(), awaited ? Timing.LEAST : Timing.MOST));
        return command.timeout()
                .filter(own -> own.compareTo(left) <= 0)
                .map(own -> command)
                .orElseGet(() -> command.timeout(left));
    }

    private static String ending(ExecResult result) {
        return result.timedOut()
                ? "it had not ended after "
                        + DurationText.of(result.command().timeout().orElse(result.duration())) + " and was killed"
                : "it ended with " + result.exitCode();
    }

    /**
     * Verifies that the command ends with exit code 0.
     *
     * <pre>{@code
     * assertThat(stemcell).command("test", "-d", "/etc").succeeds(); // passes
     * assertThat(stemcell).command("test", "-d", "/etc/passwd").succeeds(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public CommandAssert succeeds() {
        return exitsWith(0);
    }

    /**
     * Verifies that the command ends by itself and not well. Where it could not be run, which is told by 126 or 127, it did not fail.
     *
     * <pre>{@code
     * assertThat(stemcell).command("test", "-d", "/etc/passwd").fails(); // passes
     * assertThat(stemcell).command("test", "-d", "/etc").fails(); // fails
     * assertThat(stemcell).command("no-such-program").fails(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public CommandAssert fails() {
        return that("fail", result -> !result.timedOut() && !Set.of(0, 126, 127).contains(result.exitCode()));
    }

    /**
     * Verifies that the command ends with this exit code. What was killed because its time was over has none.
     *
     * <pre>{@code
     * assertThat(stemcell).command("grep", "^nobody-at-all:", "/etc/passwd").exitsWith(1); // passes
     * assertThat(stemcell).command("grep", "^root:", "/etc/passwd").exitsWith(1); // fails
     * }</pre>
     *
     * @param code which one
     * @return this assertion object
     */
    public CommandAssert exitsWith(int code) {
        Arguments.number("an exit code", code, 0, 255);
        return that("end with exit code " + code, result -> !result.timedOut() && result.exitCode() == code);
    }

    /**
     * Verifies that a text is in the output, whatever the exit code, and also where the command was killed because its time was over.
     *
     * <pre>{@code
     * assertThat(stemcell).command("id", "vcap").prints("(vcap)"); // passes
     * assertThat(stemcell).command("id", "root").prints("(vcap)"); // fails
     * }</pre>
     *
     * @param text what is somewhere in its stdout; not empty, because everything contains that
     * @return this assertion object
     */
    public CommandAssert prints(String text) {
        Arguments.text(text);
        return that("print \"" + text + "\"", result -> result.stdout().contains(text));
    }

    /**
     * Goes on with the output in plain AssertJ; the command has to succeed.
     *
     * @return assertions on its stdout
     */
    public AbstractStringAssert<?> stdout() {
        return subject.string(
                () -> result("end with exit code 0", ExecResult::isSuccess),
                ExecResult::stdout,
                "stdout of '" + command + "' on " + subject.name());
    }

    /**
     * Goes on with the error output in plain AssertJ, whether the command succeeded or not.
     *
     * @return assertions on its stderr
     */
    public AbstractStringAssert<?> stderr() {
        return subject.string(
                () -> result("end", result -> true),
                ExecResult::stderr,
                "stderr of '" + command + "' on " + subject.name());
    }
}
