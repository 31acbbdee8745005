package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Optional;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on what comes of a command. It runs once, and all of them look at that; where they wait or watch, it runs anew until what
 * they ask for comes of it.
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
                        subject.timing(), holds, result -> "exit code " + result.exitCode())
                .polling(() -> again ? last : subject.stemcell().exec(command));
        last = seen.last();
        if (!seen.holds()) {
            subject.fail(
                    "'" + command + "'",
                    wanted,
                    seen,
                    "it ended with " + last.exitCode() + "\n  stdout: "
                            + last.stdout().strip() + "\n  stderr: "
                            + last.stderr().strip());
            return Optional.empty();
        }
        return Optional.of(last);
    }

    /** {@return this, where it ends with exit code 0} */
    public CommandAssert succeeds() {
        return exitsWith(0);
    }

    /** {@return this, where it ends with an exit code other than 0; where it could not be run, which is told by 126 or 127, it did not fail} */
    public CommandAssert fails() {
        that("fail", result -> !result.isSuccess() && result.exitCode() != 126 && result.exitCode() != 127);
        return this;
    }

    /**
     * Checks the exit code.
     *
     * @param code which one
     * @return this
     */
    public CommandAssert exitsWith(int code) {
        that("end with exit code " + code, result -> result.exitCode() == code);
        return this;
    }

    /**
     * Checks the output, whatever the exit code.
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
