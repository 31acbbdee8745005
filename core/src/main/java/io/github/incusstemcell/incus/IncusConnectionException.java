package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/**
 * The connection to the daemon could not be made, or broke in the middle of a call: the daemon stopped, restarted or is
 * out of reach. What the call was to do may or may not have happened. The client stays usable: the next call connects
 * anew.
 */
public class IncusConnectionException extends IncusStemcellException {

    IncusConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
