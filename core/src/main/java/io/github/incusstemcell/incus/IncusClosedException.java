package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/** The client was closed, before or in the middle of the call that throws this. */
public class IncusClosedException extends IncusStemcellException {

    IncusClosedException(String request) {
        super(request + " failed: this Incus client is closed");
    }
}
