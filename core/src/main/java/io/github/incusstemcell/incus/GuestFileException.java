package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.util.Locale;
import java.util.Map;

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

        private static final Map<String, Reason> SAID_BY_THE_SYSTEM = Map.of(
                "no such file", NOT_FOUND,
                "not a directory", NOT_A_DIRECTORY,
                "is a directory", IS_A_DIRECTORY,
                "file exists", ALREADY_EXISTS,
                "directory not empty", NOT_EMPTY,
                "no space left", NO_SPACE,
                "quota exceeded", NO_SPACE,
                "read-only file system", READ_ONLY,
                "permission denied", PERMISSION_DENIED);

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** {@return the reason that a message of the system gives, from whatever program it comes} */
        static Reason of(String message) {
            String lower = message.toLowerCase(Locale.ROOT);
            return SAID_BY_THE_SYSTEM.entrySet().stream()
                    .filter(said -> lower.contains(said.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(OTHER);
        }
    }
}
