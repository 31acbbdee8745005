package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.files.Sftp.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import okio.ByteString;

/** Writes a file, with several requests under way. */
final class SftpOutput extends OutputStream {

    /** With what is around it well below the 256 KiB that the daemon's library takes. */
    private static final int BLOCK = 128 * 1024;

    private static final int WINDOW = 16;

    private final Sftp sftp;
    private final ByteString handle;
    private final Deque<CompletableFuture<Reply>> pending = new ArrayDeque<>();
    private long offset;
    private boolean closed;

    /** A session that is lost fails all that is pending by one exception, which cannot be thrown in the way of itself. */
    private boolean failed;

    private SftpOutput(Sftp sftp, ByteString handle, long offset) {
        this.sftp = sftp;
        this.handle = handle;
        this.offset = offset;
    }

    static SftpOutput open(Sftp sftp, ByteString path, int flags, long offset) throws SftpStatus {
        return new SftpOutput(sftp, sftp.open(path, flags), offset);
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] data, int start, int length) throws IOException {
        for (int done = 0; done < length; done += BLOCK) {
            int part = Math.min(BLOCK, length - done);
            settle(WINDOW - 1);
            pending.add(sftp.writeLater(handle, offset, data, start + done, part));
            offset += part;
        }
        sftp.flush();
    }

    /** Writes all that a stream has: by whole blocks, of which {@link InputStream#transferTo} knows nothing. */
    void writeAll(InputStream content) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = content.read(block); count >= 0; count = content.read(block)) {
            write(block, 0, count);
        }
    }

    /** Changes the file, after all that was written before. */
    void change(SftpChange change) throws IOException {
        settle(0);
        check(sftp.changeOpenLater(handle, change));
    }

    private void settle(int left) throws IOException {
        while (pending.size() > left) {
            check(pending.remove());
        }
    }

    private void check(CompletableFuture<Reply> reply) throws IOException {
        boolean checked = false;
        try {
            sftp.check(reply);
            checked = true;
        } catch (SftpStatus e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            failed |= !checked;
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            if (!failed) {
                settle(0);
            }
            CompletableFuture<Reply> end = sftp.closeLater(handle);
            if (!failed) {
                check(end);
            }
        }
    }
}
