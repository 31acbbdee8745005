package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import org.jspecify.annotations.Nullable;

/** A reply of SFTP that is not good, or what follows from replies. */
final class SftpStatus extends Exception {

    private static final int EOF = 1;
    private static final int NO_SUCH_FILE = 2;
    private static final int PERMISSION_DENIED = 3;
    private static final int UNANSWERED = -2;

    private final int code;
    private final Reason reason;

    /** What the daemon answered. */
    SftpStatus(int code, String message) {
        super(message);
        this.code = code;
        this.reason = reason(code, message);
    }

    /** What we found out by ourselves. */
    SftpStatus(Reason reason, String message) {
        super(message);
        this.code = -1;
        this.reason = reason;
    }

    SftpStatus(Reason reason) {
        this(reason, "");
    }

    private SftpStatus(@Nullable Throwable cause) {
        super(cause);
        this.code = UNANSWERED;
        this.reason = Reason.OTHER;
    }

    /** Nobody has said anything: somebody else is to be asked. */
    static SftpStatus unanswered(@Nullable Throwable cause) {
        return new SftpStatus(cause);
    }

    boolean isUnanswered() {
        return code == UNANSWERED;
    }

    boolean isOk() {
        return code == 0;
    }

    boolean isEndOfFile() {
        return code == EOF;
    }

    boolean isNotFound() {
        return reason.isAbsence();
    }

    Reason reason() {
        return reason;
    }

    /** Version 3 has numbers for few reasons; the daemon puts the system's words beside them. */
    private static Reason reason(int code, String words) {
        if (code == NO_SUCH_FILE) {
            return Reason.NOT_FOUND;
        }
        Reason said = Reason.of(words);
        return said == Reason.OTHER && code == PERMISSION_DENIED ? Reason.PERMISSION_DENIED : said;
    }
}
