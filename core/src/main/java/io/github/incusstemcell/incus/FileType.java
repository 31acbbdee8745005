package io.github.incusstemcell.incus;

/** What a name in a file system stands for. */
public enum FileType {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link. */
    SYMLINK,
    /** A named pipe. */
    FIFO,
    /** A socket. */
    SOCKET,
    /** A device that is read and written in characters, such as {@code /dev/null}. */
    CHARACTER_DEVICE,
    /** A device that is read and written in blocks. */
    BLOCK_DEVICE,
    /** Something that the system has no word for. */
    UNKNOWN;

    private static final int MASK = 0170000;

    /** {@return what the upper bits of a POSIX mode say} */
    static FileType of(int mode) {
        return switch (mode & MASK) {
            case 0100000 -> FILE;
            case 0040000 -> DIRECTORY;
            case 0120000 -> SYMLINK;
            case 0010000 -> FIFO;
            case 0140000 -> SOCKET;
            case 0020000 -> CHARACTER_DEVICE;
            case 0060000 -> BLOCK_DEVICE;
            default -> UNKNOWN;
        };
    }
}
