package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import org.jspecify.annotations.Nullable;

/** A container was started, but systemd in it did not finish booting in time. */
public class StartupTimeoutException extends IncusStemcellException {

    /**
     * Describes the boot that did not end.
     *
     * @param message which container, how long was waited, and what systemd was doing
     * @param cause what came from below, or null
     */
    public StartupTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
