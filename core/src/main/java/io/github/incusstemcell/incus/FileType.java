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
    UNKNOWN
}
