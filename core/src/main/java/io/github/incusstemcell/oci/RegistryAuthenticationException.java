package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;

/** A registry that does not let us read an image: no credentials, wrong ones, or no right to pull. */
public final class RegistryAuthenticationException extends IncusStemcellException {

    /**
     * Describes a failure that has no cause below it.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     */
    public RegistryAuthenticationException(String message) {
        super(message);
    }

    /**
     * Describes a failure that another one caused.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     * @param cause what came from below, or null
     */
    public RegistryAuthenticationException(String message, Throwable cause) {
        super(message, cause);
    }
}
