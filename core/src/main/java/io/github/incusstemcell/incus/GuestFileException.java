package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.files.GuestName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something could not be done with a file of an instance. The message says what, with which file, and why. */
public class GuestFileException extends IncusStemcellException {

    private final String path;
    private final Reason reason;

    /**
     * @param cause what went wrong on this machine, or null
     */
    GuestFileException(
            String what,
            String path,
            String instance,
            Reason reason,
            @Nullable String detail,
            @Nullable IOException cause) {
        super(
                what + " '" + GuestName.shown(path) + "' in instance '" + instance + "' failed: "
                        + (reason == Reason.OTHER ? detail : reason.words),
                cause);
        this.path = path;
        this.reason = reason;
    }

    /** {@return the path that was asked for} */
    public String path() {
        return path;
    }

    /** {@return why it could not be done} */
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
        /** It is behind symbolic links that lead to each other, or behind too many. */
        TOO_MANY_LINKS("its symbolic links lead in a circle, or there are more than 40 of them"),
        /** No file can have that name. */
        NAME_TOO_LONG("its path is too long: at most 255 bytes for each name in it, 4095 for all of it"),
        /** There is no room left. */
        NO_SPACE("there is no space left on the device"),
        /** Something holds it, as a mount does the file on which it is. */
        BUSY("it is in use"),
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

        /** {@return whether it means that there is nothing of that name: what should be below a file is not there either} */
        public boolean isAbsence() {
            return this == NOT_FOUND || this == NOT_A_DIRECTORY;
        }
    }
}
