package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/** The thread was interrupted while it waited for Incus. Its interrupt flag is set again when this is thrown. */
public class IncusInterruptedException extends IncusStemcellException {

    IncusInterruptedException(String what, InterruptedException cause) {
        super("Interrupted while waiting for " + what, cause);
        Thread.currentThread().interrupt();
    }
}
