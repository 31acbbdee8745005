package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.incus.ExecResult;

/** Where all failures are made, since most tell what a guest said. */
final class AssertionErrors {

    private AssertionErrors() {}

    static AssertionError of(String message) {
        return new AssertionError(GuestText.message(message));
    }

    /**
     * @param what was asked, where, and by which command that gave no answer
     */
    static AssertionError ofExit(String what, ExecResult result) {
        return of(what + " ended with exit code " + result.exitCode() + "\n  stderr: "
                + result.stderr().strip());
    }

    /**
     * @param cause why nothing can be said of the guest
     */
    static AssertionError of(String message, Throwable cause) {
        return new AssertionError(GuestText.message(message), cause);
    }
}
