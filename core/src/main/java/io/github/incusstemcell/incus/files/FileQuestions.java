package io.github.incusstemcell.incus.files;

import java.io.InputStream;
import java.util.List;
import okio.ByteString;

/** What can be asked of the files of an instance without changing them. Paths are bytes, because names in a file system are. */
public interface FileQuestions {

    /** Each of the questions, by its letter in the channel. */
    enum Kind {
        STAT('s'),
        LSTAT('l'),
        READ_LINK('t'),
        LIST('d'),
        CONTENT('r');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }
    }

    /** Tells what is going to be asked of a path, so that it can be asked together. */
    default void expect(ByteString path, Kind... questions) throws SftpStatus {}

    /** {@return what is there, behind symbolic links} */
    SftpAttributes stat(ByteString path) throws SftpStatus;

    /** {@return what is there, be it a symbolic link} */
    SftpAttributes lstat(ByteString path) throws SftpStatus;

    /** {@return what a symbolic link holds} */
    ByteString readLink(ByteString path) throws SftpStatus;

    /** {@return what is in a directory} */
    List<Sftp.Entry> list(ByteString path) throws SftpStatus;

    /**
     * Opens a regular file.
     *
     * @param size how long it says it is
     * @return its content, to be read before anything else is asked
     */
    InputStream content(ByteString path, long size) throws SftpStatus;
}
