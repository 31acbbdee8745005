package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on what comes of a command. It runs once, and all of them look at that; where they wait or watch, it runs anew until what
 * they ask for comes of it. A run that is still going on at the end of that time is killed.
 */
public final class CommandAssert extends GuestAssert<CommandAssert> {

    private final Command command;
    private ExecResult last;

    CommandAssert(Subject subject, Command command) {
        super(subject);
        this.command = command;
    }

    private Optional<ExecResult> that(String wanted, Predicate<ExecResult> holds) {
        if (last != null && subject.timing().mode() != Timing.Mode.ALWAYS && holds.test(last)) {
            return Optional.of(last);
        }
        boolean again = last != null && subject.timing().mode() == Timing.Mode.NOW;
        Observation<ExecResult> seen = new Observation<>(
                subject.timing(), holds, result -> result.timedOut() ? "no end" : "exit code " + result.exitCode());
        seen.polling(() -> again ? last : subject.stemcell().exec(limited(seen)));
        last = seen.last();
        if (!seen.holds()) {
            subject.fail(
                    "'" + command + "'",
                    wanted,
                    seen,
                    ending() + "\n  stdout: "
                            + last.stdout().strip() + "\n  stderr: "
                            + last.stderr().strip());
            return Optional.empty();
        }
        return Optional.of(last);
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

    private String ending() {
        return last.timedOut()
                ? "it had not ended after "
                        + Timing.seconds(last.command().timeout().orElse(last.duration())) + " and was killed"
                : "it ended with " + last.exitCode();
    }

    /** {@return this, where it ends with exit code 0} */
    public CommandAssert succeeds() {
        return exitsWith(0);
    }

    /**
     * Checks that it ends by itself and not well. Where it could not be run, which is told by 126 or 127, it did not fail.
     *
     * @return this
     */
    public CommandAssert fails() {
        that("fail", result -> !result.timedOut() && !Set.of(0, 126, 127).contains(result.exitCode()));
        return this;
    }

    /**
     * Checks the exit code. What was killed because its time was over has none.
     *
     * @param code which one
     * @return this
     */
    public CommandAssert exitsWith(int code) {
        that("end with exit code " + code, result -> !result.timedOut() && result.exitCode() == code);
        return this;
    }

    /**
     * Checks the output, whatever the exit code, and also where it was killed because its time was over.
     *
     * @param text what is somewhere in its stdout; not empty, because everything contains that
     * @return this
     */
    public CommandAssert prints(String text) {
        Texts.requireNotEmpty(text);
        that("print \"" + text + "\"", result -> result.stdout().contains(text));
        return this;
    }

    /**
     * Goes on with the output in plain AssertJ; the command has to succeed.
     *
     * @return assertions on its stdout
     */
    public AbstractStringAssert<?> stdout() {
        return subject.string(
                that("end with exit code 0", ExecResult::isSuccess).map(ExecResult::stdout),
                "stdout of '" + command + "' on " + subject.name());
    }

    /**
     * Goes on with the error output in plain AssertJ, whether the command succeeded or not.
     *
     * @return assertions on its stderr
     */
    public AbstractStringAssert<?> stderr() {
        return subject.string(
                that("end", result -> true).map(ExecResult::stderr),
                "stderr of '" + command + "' on " + subject.name());
    }
}
