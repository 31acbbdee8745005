package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.Hashes;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Gets a body into a file that may hold the beginning already, and again from where it broke, with Range requests (RFC
 * 9110, 14), for as long as that brings anything.
 */
final class Download {

    /** Where the bytes come from. */
    interface Origin {

        /**
         * Asks for the body, or for what is missing of it.
         *
         * @return an answer that {@link #isUsable}; whatever else there is to say is thrown
         */
        Response send(Request.Builder request);

        /** {@return the host, for messages} */
        String host();
    }

    private final Http http;
    private final Origin origin;
    private final String purpose;
    private final String subject;
    private final Progress progress;
    private final String what;

    private final String algorithm;
    private final OutputStream copy;
    /** Whether the caller knows what must come, so that bytes of something else cannot get in unnoticed. */
    private final boolean verified;

    private final MessageDigest hash;
    /** -1 until somebody has said it. */
    private long size;

    private @Nullable String validator;
    private long offset;
    /** The most that {@code offset} ever was: what comes again after a new beginning is no progress. */
    private long furthest;
    /** How the server answered a request for a range that it does not serve; null as long as it serves them. */
    private @Nullable String refusal;

    private boolean resumed;
    private boolean startedOver;
    private int pieces;

    /**
     * Prepares a download.
     *
     * @param purpose what it is for, to start messages with, for example {@code Cannot pull x}
     * @param subject what is downloaded, for messages, for example {@code the blob sha256:12}
     * @param size in bytes, a hard bound; -1 where only the server knows
     * @param algorithm of the digest to compute on the way
     * @param copy gets the bytes, too; only with a known size
     */
    Download(
            Http http,
            Origin origin,
            String purpose,
            String subject,
            long size,
            String algorithm,
            OutputStream copy,
            String what,
            Progress progress) {
        this.http = http;
        this.origin = origin;
        this.purpose = purpose;
        this.subject = subject;
        this.size = size;
        this.verified = size >= 0;
        this.algorithm = algorithm;
        this.hash = Hashes.of(algorithm);
        this.copy = copy;
        this.what = what;
        this.progress = progress;
    }

    /** Takes over what is there of the file. */
    void start(Path file) throws IOException {
        hash.reset();
        offset = 0;
        if (Files.notExists(file) || Files.size(file) > size) {
            Files.deleteIfExists(file);
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received(buffer, 0, n);
            }
        }
        resumed = offset > 0;
    }

    /** {@return whether the bytes come from more than one answer, so that some may be of something else} */
    boolean isPieced() {
        return resumed || pieces > 1;
    }

    /** {@return whether a download can go on with this: the body, a range of it, or word that there are no ranges} */
    static boolean isUsable(Response response) {
        int code = response.code();
        return switch (code) {
            case 200, 206 -> true;
            case 401, 403, 404, 407, 410, 429 -> false;
            // Mostly 416. Some servers have other words for it, and fail at nothing but ranges.
            default -> code >= 400 && response.request().header("Range") != null;
        };
    }

    /** Gets what is missing of the file and gives the digest of all of it. */
    Digest complete(Path file) throws IOException {
        RetryPolicy patience = http.patience();
        append(file).close();
        int failures = 0;
        while (offset != size) {
            long before = furthest;
            boolean ranged = offset > 0 && refusal == null;
            try (Response response = origin.send(request(ranged))) {
                if (fits(response, ranged, file)) {
                    copy(response, file);
                }
            } catch (BrokenDownload e) {
                // Whoever sends a few bytes and breaks off, again and again, does not get new patience each time.
                failures = furthest - before >= patience.stallBytes() ? 1 : failures + 1;
                if (failures >= patience.attempts() || !canGoOn()) {
                    throw gaveUp(failures, e);
                }
                http.pause(patience.pauseAfter(failures), purpose);
            }
        }
        progress.report(what, offset, size);
        return new Digest(algorithm, Hashes.hex(hash));
    }

    /** Whether bytes of something else would be noticed. */
    private boolean canGoOn() {
        return verified || validator != null;
    }

    private static OutputStream append(Path file) throws IOException {
        return Files.newOutputStream(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private RegistryUnavailableException gaveUp(int failures, BrokenDownload e) {
        return new RegistryUnavailableException(
                purpose + ": " + subject + " from " + origin.host() + " broke off after " + offset + " of "
                        + (size < 0 ? "unknown" : size) + " bytes, " + failures + " times without getting further: "
                        + Http.reason(e.failure) + ". Run again" + (verified ? " to go on from there." : "."),
                e.failure);
    }

    private Request.Builder request(boolean ranged) {
        // Anything but the bytes themselves would make nonsense of sizes and ranges.
        Request.Builder request = new Request.Builder().header("Accept-Encoding", "identity");
        if (ranged) {
            request.header("Range", "bytes=" + offset + "-");
            if (validator != null) {
                request.header("If-Range", validator);
            }
        }
        return request;
    }

    /** Whether the answer has the bytes that come next. Where it has not, the next request asks for what it may get. */
    private boolean fits(Response response, boolean ranged, Path file) throws IOException {
        boolean isSame = verified || offset == 0 || validator != null && validator.equals(validator(response));
        if (!isSame && response.code() <= 206) {
            startOver(file);
            if (response.code() == 206) {
                return false; // The rest of something of which we have no beginning.
            }
        }
        if (response.code() == 200) {
            checkLength(response.body().contentLength(), response);
            return true;
        }
        Optional<ContentRange> range = ContentRange.of(response).filter(r -> r.first() == (ranged ? offset : 0));
        if (range.isPresent()) {
            checkLength(range.get().total(), response);
            return true;
        }
        String answer =
                response.code() == 206 ? "'" + response.header("Content-Range", "") + "'" : "HTTP " + response.code();
        if (ranged) {
            refusal = "answered a request for the bytes from " + offset + " with " + answer;
            return false;
        }
        throw lying(
                (refusal == null ? "answered a request" : refusal + ", and one") + " for all of them with " + answer);
    }

    /** Forgets what came so far, as the server has something else by now; once, for such a server may never end. */
    private void startOver(Path file) throws IOException {
        if (startedOver) {
            throw lying("has something else there by now");
        }
        startedOver = true;
        Files.delete(file);
        hash.reset();
        offset = 0;
        size = -1;
    }

    /** Trusts no length but the one that is known: neither one that is shorter nor one that would fill the disk. */
    private void checkLength(long declared, Response response) {
        if (!verified && offset == 0) {
            size = declared;
            validator = validator(response);
        } else if (declared >= 0 && size >= 0 && declared != size) {
            throw lying("has one of " + declared);
        }
    }

    private void copy(Response response, Path file) throws IOException, BrokenDownload {
        Optional<ContentRange> range = ContentRange.of(response);
        long before = offset;
        receive(
                response.body().byteStream(),
                offset - range.map(ContentRange::first).orElse(0L),
                file);
        if (size < 0) {
            size = offset; // Only the end of the body says how long it is.
        }
        // A server may give less than was asked for, and all of that.
        boolean gaveItsPart = canGoOn()
                && range.isPresent()
                && offset == range.get().last() + 1
                && offset - before >= http.patience().stallBytes();
        if (offset < size && !gaveItsPart) {
            throw new BrokenDownload(new IOException("the connection ended early"));
        }
    }

    private void receive(InputStream in, long toSkip, Path file) throws IOException, BrokenDownload {
        long skip = toSkip;
        long before = offset;
        Stall stall = new Stall(http.patience());
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = append(file)) {
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                stall.received(n);
                int from = (int) Math.min(skip, n);
                skip -= from;
                if (size >= 0 && offset + n - from > size) {
                    throw lying("sends more than that");
                }
                out.write(buffer, from, n - from);
                received(buffer, from, n - from);
                progress.report(what, offset, size);
            }
        } finally {
            pieces += offset > before ? 1 : 0;
        }
    }

    private void received(byte[] buffer, int from, int length) throws IOException {
        hash.update(buffer, from, length);
        copy.write(buffer, from, length);
        offset += length;
        furthest = Math.max(furthest, offset);
    }

    private static int read(InputStream in, byte[] buffer) throws BrokenDownload {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new BrokenDownload(e);
        }
    }

    /** Names this version of the body, or null. */
    private static @Nullable String validator(Response response) {
        String etag = response.header("ETag");
        return etag != null && !etag.startsWith("W/") ? etag : response.header("Last-Modified");
    }

    private CorruptImageException lying(String but) {
        String length = size < 0 ? " was to go on at " + offset : " should have " + size + " bytes";
        return new CorruptImageException(purpose + ": " + subject + length + ", but " + origin.host() + " " + but
                + ". The server, or something before it, is broken or lying.");
    }

    /** Stands for whatever the network did, and not for a full disk. */
    private static final class BrokenDownload extends Exception {
        private final IOException failure;

        BrokenDownload(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /** Notices a server that sends so slowly that it would never end, which no read timeout does. */
    private static final class Stall {
        private final RetryPolicy patience;
        private long windowStart = System.nanoTime();
        private long bytes;

        Stall(RetryPolicy patience) {
            this.patience = patience;
        }

        void received(int n) throws BrokenDownload {
            bytes += n;
            long elapsed = System.nanoTime() - windowStart;
            if (elapsed < patience.stallWindow().toNanos()) {
                return;
            }
            if (bytes < patience.stallBytes()) {
                throw new BrokenDownload(
                        new IOException("only " + bytes + " bytes came in " + elapsed / 1_000_000 + " ms"));
            }
            windowStart = System.nanoTime();
            bytes = 0;
        }
    }
}
