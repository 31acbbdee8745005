package io.github.incusstemcell.oci;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is a root file system as it is, and can be read while it is still being downloaded: from the file that it is written to, so
 * that neither waits for the speed of the other. Its last byte is not given before all of it was verified.
 *
 * <p>Only a download that goes on to its end can be read so. Where it fails or has to begin anew, or where the blob turns out to be no root
 * file system as it is, the streams fail.
 */
final class ArrivingRootfs implements Rootfs {

    /** How many bytes tell how a blob is compressed. */
    private static final int MAGIC = 4;

    private final Layer layer;
    private final Consumer<Rootfs> early;

    private @Nullable Path file;
    private long arrived;
    /** There once there is something to read. */
    private @Nullable FileChannel channel;

    private int streams;
    private boolean givenUp;
    private @Nullable Rootfs verified;

    /**
     * Stands for a blob of which nothing has come yet.
     *
     * @param early is given this as soon as there is something to read, on the thread of the download, which it must not hold up; never where
     *     the blob is in the cache already
     */
    ArrivingRootfs(Layer layer, Consumer<Rootfs> early) {
        this.layer = layer;
        this.early = early;
    }

    /** Says that what comes next are the first bytes of a file. */
    synchronized void begin(Path target) {
        if (channel != null) {
            giveUp();
        }
        file = target;
        arrived = 0;
    }

    /** Says that the file has so many bytes more. */
    void add(int bytes) throws IOException {
        if (becomesReadable(bytes)) {
            early.accept(this);
        }
    }

    private synchronized boolean becomesReadable(int bytes) throws IOException {
        arrived += bytes;
        notifyAll();
        if (givenUp || channel != null || arrived < MAGIC) {
            return false;
        }
        FileChannel opened = FileChannel.open(Objects.requireNonNull(file), StandardOpenOption.READ);
        channel = opened;
        ByteBuffer magic = ByteBuffer.allocate(MAGIC);
        opened.read(magic, 0);
        if (Decompression.beginsWithSkippableFrame(magic.array())) {
            giveUp(); // Incus has to be given something else.
            return false;
        }
        return true;
    }

    /**
     * Says that the blob is what it should be.
     *
     * @param whole what was made of it
     * @return this, where it was given to somebody early and they can go on with it; else the other one
     */
    synchronized Rootfs settle(Rootfs whole) {
        if (channel == null || givenUp) {
            return whole;
        }
        verified = whole;
        notifyAll();
        closeUnread();
        return this;
    }

    /** Makes the streams fail. */
    synchronized void giveUp() {
        givenUp = true;
        notifyAll();
        closeUnread();
    }

    @Override
    public synchronized InputStream open() throws IOException {
        return verified != null
                ? verified.open()
                : new VerifiedStream(new Stream(Objects.requireNonNull(channel)), layer.digest(), layer.size());
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(layer.size());
    }

    @Override
    public Optional<Digest> digest() {
        return Optional.of(layer.digest());
    }

    /** Waits for as long as the download does, which ends in one of the two ways. */
    private synchronized long awaitMoreThan(long position) throws IOException {
        try {
            while (!givenUp && readable() <= position && verified == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the blob " + layer.digest());
        }
        if (givenUp) {
            throw new IOException("the blob " + layer.digest() + " has not come as it was to come");
        }
        return readable();
    }

    private long readable() {
        return verified == null ? Math.min(arrived, layer.size() - 1) : layer.size();
    }

    private synchronized void closed() {
        streams--;
        closeUnread();
    }

    private void closeUnread() {
        if (streams > 0 || channel == null || !givenUp && verified == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what there is of the file, and waits for more. */
    private final class Stream extends InputStream {

        private final FileChannel channel;
        private long position;
        private boolean closed;

        Stream(FileChannel channel) {
            this.channel = channel;
            streams++;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long readable = awaitMoreThan(position);
            if (readable == position) {
                return -1;
            }
            int n = channel.read(
                    ByteBuffer.wrap(buffer, offset, (int) Math.min(length, readable - position)), position);
            if (n < 0) {
                throw new EOFException("the file of the blob " + layer.digest() + " ends at " + position);
            }
            position += n;
            return n;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                closed();
            }
        }
    }
}
