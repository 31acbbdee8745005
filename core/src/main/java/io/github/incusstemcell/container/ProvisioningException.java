package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provisioning failed. No image is kept of it, and nobody tries it again before the next run, unless its thread was interrupted. */
public class ProvisioningException extends IncusStemcellException {

    private final transient Optional<Diagnostics> diagnostics;

    /**
     * Describes a provisioning that failed.
     *
     * @param message what provisioned which image, and what came of it
     * @param cause what it threw
     * @param diagnostics how its container was then; empty where there was none
     */
    public ProvisioningException(String message, @Nullable Throwable cause, Optional<Diagnostics> diagnostics) {
        super(message, cause);
        this.diagnostics = diagnostics;
    }

    /**
     * How the container was in which it failed.
     *
     * @return what was found out before it was deleted; empty where there was no container
     */
    public Optional<Diagnostics> diagnostics() {
        return diagnostics;
    }

    /** The same for one more who waited for it: each of them hangs something else on what it gets. */
    ProvisioningException again() {
        return new ProvisioningException(getMessage(), getCause(), diagnostics);
    }
}
