package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reply of SFTP that is not good, or what follows from replies. */
public final class SftpStatus extends IOException {

    private static final int EOF = 1;
    private static final int NO_SUCH_FILE = 2;
    private static final int PERMISSION_DENIED = 3;
    private static final int UNANSWERED = -2;

    /** What the system says of each, behind paths of any name, from whatever program it comes. */
    private static final List<Map.Entry<String, Reason>> SAID = List.of(
            Map.entry("no such file", Reason.NOT_FOUND),
            Map.entry("is a directory", Reason.IS_A_DIRECTORY),
            Map.entry("not a directory", Reason.NOT_A_DIRECTORY),
            Map.entry("file exists", Reason.ALREADY_EXISTS),
            Map.entry("directory not empty", Reason.NOT_EMPTY),
            Map.entry("too many levels of symbolic links", Reason.TOO_MANY_LINKS),
            Map.entry("file name too long", Reason.NAME_TOO_LONG),
            Map.entry("no space left", Reason.NO_SPACE),
            Map.entry("quota exceeded", Reason.NO_SPACE),
            Map.entry("resource busy", Reason.BUSY),
            Map.entry("read-only file system", Reason.READ_ONLY),
            Map.entry("permission denied", Reason.PERMISSION_DENIED));

    private final int code;
    private final Reason reason;

    /** What the daemon answered. */
    SftpStatus(int code, String message) {
        super(message);
        this.code = code;
        this.reason = reason(code, message);
    }

    /** What we found out by ourselves. */
    public SftpStatus(Reason reason, String message) {
        super(message);
        this.code = -1;
        this.reason = reason;
    }

    public SftpStatus(Reason reason) {
        this(reason, "");
    }

    /** What a program said that could not do it. */
    public static SftpStatus saidBy(String stderr) {
        return new SftpStatus(said(stderr), stderr.strip());
    }

    private SftpStatus(@Nullable Throwable cause) {
        super(cause);
        this.code = UNANSWERED;
        this.reason = Reason.OTHER;
    }

    /** Nobody has said anything: somebody else is to be asked. */
    public static SftpStatus unanswered(@Nullable Throwable cause) {
        return new SftpStatus(cause);
    }

    public boolean isUnanswered() {
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

    public Reason reason() {
        return reason;
    }

    /** Version 3 has numbers for few reasons; the daemon puts the system's words beside them. */
    private static Reason reason(int code, String words) {
        if (code == NO_SUCH_FILE) {
            return Reason.NOT_FOUND;
        }
        Reason said = said(words);
        return said == Reason.OTHER && code == PERMISSION_DENIED ? Reason.PERMISSION_DENIED : said;
    }

    private static Reason said(String words) {
        String end = words.substring(words.lastIndexOf(": ") + 1).toLowerCase(Locale.ROOT);
        return SAID.stream()
                .filter(said -> end.contains(said.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Reason.OTHER);
    }
}
