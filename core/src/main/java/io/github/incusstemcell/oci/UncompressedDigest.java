package io.github.incusstemcell.oci;

import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarExtraction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Finds the digest of what a blob is when decompressed, its diff_id, and whether it can be unpacked as it is, on a thread of its own, while somebody else still
 * receives or reads the blob: decompressing takes longer than anything else that is done to it.
 */
final class UncompressedDigest extends OutputStream {

    private static final byte[] END = new byte[0];
    /** Larger than what comes from a socket at a time: each chunk may take the other thread to wake up. */
    private static final int CHUNK = 1 << 17;

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(16);
    private final CompletableFuture<Digest> result = new CompletableFuture<>();
    private final Thread thread;
    private byte[] gathered = new byte[CHUNK];
    private int filled;
    private volatile boolean whiteouts;

    /**
     * Starts to wait for bytes.
     *
     * @param algorithm of the digest to find
     */
    UncompressedDigest(String algorithm) {
        thread = DaemonThreads.start("diff-id", () -> compute(algorithm));
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    /** Takes the next bytes of the blob; waits where decompressing cannot keep up. */
    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, CHUNK - filled);
            System.arraycopy(buffer, offset + done, gathered, filled, n);
            done += n;
            filled += n;
            if (filled == CHUNK) {
                put(gathered);
                gathered = new byte[CHUNK];
                filled = 0;
            }
        }
    }

    /**
     * Says that the blob is complete.
     *
     * @return the digest; nothing where what it takes to decompress is not there
     * @throws TarExtraction.RefusedException where it cannot be unpacked as it is
     * @throws IOException where the blob cannot be decompressed, or is no whole tar stream
     */
    Optional<Digest> finish() throws IOException {
        if (filled > 0) {
            put(Arrays.copyOf(gathered, filled));
        }
        put(END);
        try {
            return Optional.of(result.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Decompression.MissingException) {
                return Optional.empty();
            }
            if (e.getCause() instanceof TarExtraction.RefusedException refused) {
                throw refused;
            }
            Throwable failure = Objects.requireNonNull(e.getCause());
            throw new IOException(failure.getMessage(), failure);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** {@return whether there are whiteouts in it, once it is finished} */
    boolean hasWhiteouts() {
        return whiteouts;
    }

    private void put(byte[] chunk) throws IOException {
        try {
            // A thread that has failed takes no more; its error is told at the end.
            if (!result.isDone()) {
                chunks.put(chunk);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while decompressing", e);
    }

    private void compute(String algorithm) {
        MessageDigest hash = Digest.newHash(algorithm);
        try (InputStream tar = new DigestInputStream(Decompression.of(new Chunks()), hash)) {
            TarExtraction.check(tar, name -> {
                if (Whiteouts.isWhiteout(Tar.components(name))) {
                    whiteouts = true;
                }
            });
            tar.transferTo(OutputStream.nullOutputStream());
            result.complete(Digest.finished(algorithm, hash));
        } catch (IOException | RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
        chunks.clear(); // Whoever waits for space may go on.
    }

    /** Gives up, where there is no result yet. */
    @Override
    public void close() {
        thread.interrupt();
    }

    /** The chunks as a stream. */
    private final class Chunks extends InputStream {
        private byte[] chunk = new byte[1];
        private int at = 1;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (at == chunk.length && chunk != END) {
                try {
                    chunk = chunks.take();
                    at = 0;
                } catch (InterruptedException e) {
                    throw interrupted(e);
                }
            }
            if (chunk == END) {
                return -1;
            }
            int n = Math.min(length, chunk.length - at);
            System.arraycopy(chunk, at, buffer, offset, n);
            at += n;
            return n;
        }
    }
}
