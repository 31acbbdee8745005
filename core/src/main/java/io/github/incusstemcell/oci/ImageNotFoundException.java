package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;

/** An image, a tag or a platform that is not where the reference points. */
public final class ImageNotFoundException extends IncusStemcellException {

    /**
     * Describes a failure that has no cause below it.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     */
    public ImageNotFoundException(String message) {
        super(message);
    }

    /**
     * Describes a failure that another one caused.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     * @param cause what came from below, or null
     */
    public ImageNotFoundException(String message, Throwable cause) {
        super(message, cause);
    }
}
