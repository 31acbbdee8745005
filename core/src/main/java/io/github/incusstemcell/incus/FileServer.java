package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.io.IOException;
import okio.ByteString;

/** The daemon's file server for one instance: a session for each piece of work, and what goes wrong in it in words. */
record FileServer(Api api, String instance) {

    /**
     * Does a piece of work in a session of its own.
     *
     * @param what what it does, as a failure shall name it
     * @param path what it does that to, absolute
     */
    <T> T on(String what, String path, Work<T> work) {
        bytes(path);
        try (Sftp sftp = open()) {
            return work.on(sftp);
        } catch (SftpStatus e) {
            throw failure(what, path, e);
        } catch (IOException e) {
            throw failure(what, path, e);
        }
    }

    /** Opens a session, for the caller to close soon: while it is open, the daemon cannot stop the instance in good order. */
    Sftp open() {
        return new Sftp(SftpSession.open(api, instance));
    }

    GuestFileException failure(String what, String path, SftpStatus status) {
        return failure(what, path, status.reason(), status.getMessage(), null);
    }

    GuestFileException failure(String what, String path, IOException cause) {
        return cause.getCause() instanceof SftpStatus status
                ? failure(what, path, status)
                : failure(what, path, Reason.OTHER, Failures.reason(cause), cause);
    }

    private GuestFileException failure(String what, String path, Reason reason, String detail, IOException cause) {
        return new GuestFileException(what, path, instance, reason, detail, cause);
    }

    /** {@return the path as SFTP takes it} */
    static ByteString bytes(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("Not an absolute path: '" + path + "'");
        }
        if (path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "Not a path, as it has a NUL in it: '" + path.replace("\0", "\\0") + "'");
        }
        return GuestName.bytes(path);
    }

    /** What is done in a session. */
    interface Work<T> {
        T on(Sftp sftp) throws SftpStatus, IOException;
    }
}
