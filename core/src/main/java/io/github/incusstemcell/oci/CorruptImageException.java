package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import org.jspecify.annotations.Nullable;

/** Bytes that are not what their digest, size or format promised. Nothing of them was kept. */
public final class CorruptImageException extends IncusStemcellException {

    /** What to do about a file that somebody has got from somewhere. */
    static final String NOT_WHOLE = "Was it downloaded to its end? Get it again.";

    /**
     * Describes a failure that has no cause below it.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     */
    public CorruptImageException(String message) {
        super(message);
    }

    /**
     * Describes a failure that another one caused.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     * @param cause what came from below, or null
     */
    public CorruptImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
