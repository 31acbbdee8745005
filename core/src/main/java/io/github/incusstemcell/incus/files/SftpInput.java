package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.files.Sftp.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okio.Buffer;
import okio.ByteString;

/**
 * Reads a file from its beginning, with several requests under way where the file is long. What a file of /proc or /sys
 * says about its length is not true, so the end is where the daemon says so, and short ones are read step by step.
 */
final class SftpInput extends InputStream {

    private static final int BLOCK = 32 * 1024;
    private static final int WINDOW = 32;

    private final Sftp sftp;
    private final ByteString handle;
    private final int window;
    private final Runnable atClose;
    private final Deque<Request> requests = new ArrayDeque<>();
    private Buffer data = new Buffer();
    private long next;
    private boolean ended;
    private boolean closed;

    /**
     * Reads the rest of what was opened.
     *
     * @param offset where that begins
     * @param size how long all of it says it is
     * @param atClose what else is over when this stream is
     */
    SftpInput(Sftp sftp, ByteString handle, long offset, long size, Runnable atClose) {
        this.next = offset;
        this.sftp = sftp;
        this.atClose = atClose;
        this.handle = handle;
        this.window = size - offset > BLOCK ? WINDOW : 1;
    }

    @Override
    public int read() throws IOException {
        return fill() ? data.readByte() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        return fill() ? data.read(target, offset, length) : -1;
    }

    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException("The stream is closed");
        }
        while (data.exhausted() && !ended) {
            if (requests.size() <= window / 2) {
                request();
            }
            take(requests.remove());
        }
        return !data.exhausted();
    }

    /** Several go together, while others are under way. */
    private void request() {
        while (requests.size() < window) {
            requests.add(request(next, BLOCK));
            next += BLOCK;
        }
        sftp.flush();
    }

    private void take(Request request) throws IOException {
        try {
            Optional<Buffer> read = sftp.data(request.reply());
            if (read.isEmpty() || read.get().exhausted()) {
                ended = true;
                return;
            }
            data = read.get();
            int missing = request.length() - (int) data.size();
            if (missing > 0) {
                // Short is not the end: the rest of this block comes before what was asked for already.
                requests.addFirst(request(request.offset() + data.size(), missing));
            }
        } catch (SftpStatus e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Request request(long offset, int length) {
        return new Request(offset, length, sftp.readLater(handle, offset, length));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sftp.closeLater(handle);
            atClose.run();
        }
    }

    private record Request(long offset, int length, CompletableFuture<Reply> reply) {}
}
