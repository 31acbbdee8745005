package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.GuestText;

/** Where all failures are made, since most tell what a guest said. */
final class AssertionErrors {

    private AssertionErrors() {}

    static AssertionError of(String message) {
        return new AssertionError(GuestText.message(message));
    }

    /**
     * @param cause why nothing can be said of the guest
     */
    static AssertionError of(String message, Throwable cause) {
        return new AssertionError(GuestText.message(message), cause);
    }
}
