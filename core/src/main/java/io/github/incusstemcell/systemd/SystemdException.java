package io.github.incusstemcell.systemd;

import io.github.incusstemcell.IncusStemcellException;
import org.jspecify.annotations.Nullable;

/** A guest's systemd or journal refused a request, or gave no answer that can be read. */
public class SystemdException extends IncusStemcellException {

    private final String errorName;

    /**
     * Describes a refusal that systemd named.
     *
     * @param message what was asked, of which guest, what came back, and what to do next
     * @param errorName systemd's D-Bus name of the error, as {@code org.freedesktop.systemd1.NoSuchUnit}, or empty
     * @param cause what came from below, or null
     */
    public SystemdException(String message, String errorName, @Nullable Throwable cause) {
        super(message, cause);
        this.errorName = errorName;
    }

    SystemdException(String message) {
        this(message, "", null);
    }

    SystemdException(String message, @Nullable Throwable cause) {
        this(message, "", cause);
    }

    /** Marks the thread as interrupted again, and says what it was at; {@return what to throw} */
    static SystemdException interrupted(String doing, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new SystemdException("Interrupted while " + doing, cause);
    }

    /** {@return systemd's D-Bus name of the error, or the empty string where none came} */
    public String errorName() {
        return errorName;
    }
}
