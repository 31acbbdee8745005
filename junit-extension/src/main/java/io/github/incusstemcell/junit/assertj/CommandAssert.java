package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;

/** Assertions on what comes of a command, which each of them runs. */
public final class CommandAssert {

    private final Subject subject;
    private final Command command;

    CommandAssert(Subject subject, Command command) {
        this.subject = subject;
        this.command = command;
    }

    /** {@return this, where it ends with exit code 0} */
    public CommandAssert succeeds() {
        return exitsWith(0);
    }

    /**
     * Checks the exit code.
     *
     * @param code which one
     * @return this
     */
    public CommandAssert exitsWith(int code) {
        ended(code);
        return this;
    }

    private ExecResult ended(int code) {
        ExecResult result = subject.read(() -> subject.stemcell().exec(command), ended -> ended.exitCode() == code);
        if (result.exitCode() != code) {
            throw subject.failure("Expecting '" + command + "' on " + subject.name() + " to end with exit code " + code
                    + subject.timing().words() + "\n  but it ended with " + result.exitCode() + "\n  stdout: "
                    + result.stdout().strip() + "\n  stderr: " + result.stderr().strip());
        }
        return result;
    }

    /**
     * Goes on with the output in plain AssertJ; the command has to succeed.
     *
     * @return assertions on its stdout
     */
    public AbstractStringAssert<?> stdout() {
        return Assertions.assertThat(ended(0).stdout()).as("stdout of '%s' on %s", command, subject.name());
    }
}
