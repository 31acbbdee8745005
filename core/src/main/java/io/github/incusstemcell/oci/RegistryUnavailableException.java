package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;

/** A server that could not be reached, or that kept failing or stalling until we gave up. */
public final class RegistryUnavailableException extends IncusStemcellException {

    /**
     * Describes a failure that has no cause below it.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     */
    public RegistryUnavailableException(String message) {
        super(message);
    }

    /**
     * Describes a failure that another one caused.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     * @param cause what came from below, or null
     */
    public RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
