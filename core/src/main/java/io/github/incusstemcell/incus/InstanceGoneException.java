package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/** The instance was stopped or deleted in the middle of the call. */
public class InstanceGoneException extends IncusStemcellException {

    private final String instance;

    InstanceGoneException(String instance, String what, String state) {
        super("Instance '" + instance + "' " + state + " while " + what);
        this.instance = instance;
    }

    /** {@return the name of the instance} */
    public String instance() {
        return instance;
    }
}
