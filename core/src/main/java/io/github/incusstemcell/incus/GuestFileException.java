package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/** Something could not be done with a file of an instance. The message says what, with which file, and why. */
public class GuestFileException extends IncusStemcellException {

    private final String path;
    private final Reason reason;

    GuestFileException(String what, String path, String instance, Reason reason, String detail) {
        super(what + " '" + path + "' in instance '" + instance + "' failed: "
                + (reason == Reason.OTHER ? detail : reason.words));
        this.path = path;
        this.reason = reason;
    }

    /** {@return the path that was asked for; not null} */
    public String path() {
        return path;
    }

    /** {@return why it could not be done; not null} */
    public Reason reason() {
        return reason;
    }

    /** Why something cannot be done with a file. */
    public enum Reason {
        /** There is nothing of that name. */
        NOT_FOUND("there is no such file"),
        /** The directory that it is to stand in is not there. */
        NO_SUCH_PARENT("its parent directory does not exist; create it first, by createDirectories"),
        /** It is a directory where a file is needed. */
        IS_A_DIRECTORY("it is a directory"),
        /** It is no directory where one is needed. */
        NOT_A_DIRECTORY("it is not a directory"),
        /** It is neither a file nor a directory, but a pipe, a socket or a device. */
        NOT_A_FILE("it is neither a file nor a directory"),
        /** There is something of that name already. */
        ALREADY_EXISTS("it exists already"),
        /** The directory has something in it. */
        NOT_EMPTY("the directory is not empty; use deleteRecursively"),
        /** There is no room left. */
        NO_SPACE("there is no space left on the device"),
        /** The file system allows no writing. */
        READ_ONLY("the file system is read-only"),
        /** Even root may not. */
        PERMISSION_DENIED("permission denied"),
        /** Something else, which the message tells. */
        OTHER("");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }
}
