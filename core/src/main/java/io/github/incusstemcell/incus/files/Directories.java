package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.util.Optional;
import okio.Buffer;
import okio.ByteString;

/** Paths of a guest, and what is done along them. */
final class Directories {

    static final int NEW_DIRECTORY = 0755;
    private static final ByteString ROOT = ByteString.encodeUtf8("/");

    private Directories() {}

    static ByteString parent(ByteString path) {
        int end = path.size();
        while (end > 1 && path.getByte(end - 1) == '/') {
            end--;
        }
        int slash = path.substring(0, end).lastIndexOf(ROOT);
        return slash <= 0 ? ROOT : path.substring(0, slash);
    }

    static ByteString resolve(ByteString directory, ByteString path) {
        if (path.startsWith(ROOT)) {
            return path;
        }
        Buffer joined = new Buffer().write(directory);
        if (!directory.endsWith(ROOT)) {
            joined.writeByte('/');
        }
        return joined.write(path).readByteString();
    }

    /** Fails where what a file is to stand in is missing, or no directory. */
    static void requireParent(Sftp sftp, ByteString path) throws SftpStatus {
        FileType found;
        try {
            found = sftp.stat(parent(path)).type();
        } catch (SftpStatus e) {
            throw e.reason() == Reason.NOT_FOUND ? new SftpStatus(Reason.NO_SUCH_PARENT) : e;
        }
        if (found != FileType.DIRECTORY) {
            throw new SftpStatus(Reason.NOT_A_DIRECTORY);
        }
    }

    static void create(Sftp sftp, ByteString path) throws SftpStatus {
        Optional<SftpAttributes> found = Sftp.ifThere(() -> sftp.stat(path));
        if (found.isEmpty()) {
            create(sftp, parent(path));
            make(sftp, path);
        } else if (found.get().type() != FileType.DIRECTORY) {
            throw new SftpStatus(Reason.NOT_A_DIRECTORY);
        }
    }

    private static void make(Sftp sftp, ByteString path) throws SftpStatus {
        try {
            sftp.makeDirectory(path);
        } catch (SftpStatus e) {
            // Somebody else may have been faster.
            if (Sftp.ifThere(() -> sftp.stat(path))
                    .filter(found -> found.type() == FileType.DIRECTORY)
                    .isEmpty()) {
                throw e;
            }
            return;
        }
        sftp.change(path, SftpChange.mode(NEW_DIRECTORY));
    }

    static void delete(Sftp sftp, ByteString path) throws SftpStatus {
        Optional<SftpAttributes> found = Sftp.ifThere(() -> sftp.lstat(path));
        if (found.isPresent()) {
            delete(sftp, path, found.get().type());
        }
    }

    private static void delete(Sftp sftp, ByteString path, FileType type) throws SftpStatus {
        if (type != FileType.DIRECTORY) {
            sftp.remove(path);
            return;
        }
        for (Sftp.Entry entry : sftp.list(path)) {
            delete(sftp, resolve(path, entry.name()), entry.attributes().type());
        }
        sftp.removeDirectory(path);
    }
}
