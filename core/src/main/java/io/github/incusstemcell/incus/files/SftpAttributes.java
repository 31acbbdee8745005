package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.FileType;
import java.io.EOFException;
import okio.Buffer;

/** What SFTP knows of a file. */
public record SftpAttributes(long size, int uid, int gid, int mode, long modified) {

    static final int HAS_SIZE = 0x1;
    static final int HAS_OWNER = 0x2;
    static final int HAS_MODE = 0x4;
    static final int HAS_TIMES = 0x8;

    /** The upper bits of a POSIX mode. */
    private static final int TYPE = 0170000;

    public static SftpAttributes of(Buffer body) throws EOFException {
        int flags = body.readInt();
        long size = (flags & HAS_SIZE) != 0 ? body.readLong() : 0;
        boolean owner = (flags & HAS_OWNER) != 0;
        int uid = owner ? body.readInt() : 0;
        int gid = owner ? body.readInt() : 0;
        int mode = (flags & HAS_MODE) != 0 ? body.readInt() : 0;
        long modified = 0;
        if ((flags & HAS_TIMES) != 0) {
            body.readInt();
            modified = body.readInt() & 0xffffffffL;
        }
        if (flags < 0) {
            skipExtended(body);
        }
        return new SftpAttributes(size, uid, gid, mode, modified);
    }

    private static void skipExtended(Buffer body) throws EOFException {
        for (int left = body.readInt(); left > 0; left--) {
            Sftp.string(body);
            Sftp.string(body);
        }
    }

    public FileType type() {
        return switch (mode & TYPE) {
            case 0100000 -> FileType.FILE;
            case 0040000 -> FileType.DIRECTORY;
            case 0120000 -> FileType.SYMLINK;
            case 0010000 -> FileType.FIFO;
            case 0140000 -> FileType.SOCKET;
            case 0020000 -> FileType.CHARACTER_DEVICE;
            case 0060000 -> FileType.BLOCK_DEVICE;
            default -> FileType.UNKNOWN;
        };
    }

    public int permissions() {
        return mode & 07777;
    }
}
