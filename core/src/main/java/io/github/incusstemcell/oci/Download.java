package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Request;
import okhttp3.Response;

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
         * @return an answer with the status 200 or 206; whatever else there is to say is thrown
         */
        Response send(Request.Builder request);

        /** {@return the host, for messages} */
        String host();
    }

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    private final Http http;
    private final Origin origin;
    private final String purpose;
    private final String subject;
    private final Progress progress;
    private final String what;

    private final String algorithm;
    private final Optional<UncompressedDigest> uncompressed;
    /** Whether the caller knows what must come, so that bytes of something else cannot get in unnoticed. */
    private final boolean verified;

    private MessageDigest hash;
    /** -1 until somebody has said it. */
    private long size;

    private String validator;
    private long offset;

    /**
     * Prepares a download.
     *
     * @param purpose what it is for, to start messages with, for example {@code Cannot pull x}
     * @param subject what is downloaded, for messages, for example {@code the blob sha256:12}
     * @param size in bytes, a hard bound; -1 where only the server knows
     * @param algorithm of the digest to compute on the way
     * @param uncompressed is fed on the way, too
     */
    Download(
            Http http,
            Origin origin,
            String purpose,
            String subject,
            long size,
            String algorithm,
            Optional<UncompressedDigest> uncompressed,
            String what,
            Progress progress) {
        this.http = http;
        this.origin = origin;
        this.purpose = purpose;
        this.subject = subject;
        this.size = size;
        this.verified = size >= 0;
        this.algorithm = algorithm;
        this.uncompressed = uncompressed;
        this.what = what;
        this.progress = progress;
    }

    /** {@return whether a part of the file was there before} */
    boolean start(Path file) throws IOException {
        hash = Digest.newHash(algorithm);
        offset = 0;
        if (Files.notExists(file) || Files.size(file) > size) {
            Files.deleteIfExists(file);
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received(buffer, 0, n);
            }
        }
        return offset > 0;
    }

    /** Gets what is missing of the file and gives the digest of all of it. */
    Digest complete(Path file) throws IOException {
        Patience patience = http.patience();
        try (OutputStream out = Files.newOutputStream(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            int failures = 0;
            while (offset != size) {
                long before = offset;
                try (Response response = origin.send(request())) {
                    copy(response, out);
                } catch (BrokenDownload e) {
                    // Whoever sends a few bytes and breaks off, again and again, does not get new patience each time.
                    failures = offset - before >= patience.stallBytes() ? 1 : failures + 1;
                    if (failures >= patience.attempts() || !verified && validator == null) {
                        throw gaveUp(failures, e);
                    }
                    http.pause(patience.pauseAfter(failures), purpose);
                }
            }
        }
        progress.report(what, offset, size);
        return Digest.finished(algorithm, hash);
    }

    private RegistryUnavailableException gaveUp(int failures, BrokenDownload e) {
        return new RegistryUnavailableException(
                purpose + ": " + subject + " from " + origin.host() + " broke off after " + offset + " of "
                        + (size < 0 ? "unknown" : size) + " bytes, " + failures + " times without getting further: "
                        + Http.reason(e.getCause()) + ". Run again to go on from there.",
                e.getCause());
    }

    private Request.Builder request() {
        // Anything but the bytes themselves would make nonsense of sizes and ranges.
        Request.Builder request = new Request.Builder().header("Accept-Encoding", "identity");
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
            if (validator != null) {
                request.header("If-Range", validator);
            }
        }
        return request;
    }

    private void copy(Response response, OutputStream out) throws IOException, BrokenDownload {
        long skip = response.code() == 200 ? offset : 0;
        checkDeclared(response);
        Stall stall = new Stall(http.patience());
        byte[] buffer = new byte[1 << 16];
        InputStream in = response.body().byteStream();
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
        if (size < 0) {
            size = offset; // Only the end of the body says how long it is.
        }
        if (offset < size) {
            throw new BrokenDownload(new IOException("the connection ended early"));
        }
    }

    private void received(byte[] buffer, int from, int length) throws IOException {
        hash.update(buffer, from, length);
        if (uncompressed.isPresent()) {
            uncompressed.get().update(buffer, from, length);
        }
        offset += length;
    }

    private static int read(InputStream in, byte[] buffer) throws BrokenDownload {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new BrokenDownload(e);
        }
    }

    /** Trusts no length but the one that is known: neither one that is shorter nor one that would fill the disk. */
    private void checkDeclared(Response response) {
        if (!verified && offset == 0) {
            size = response.body().contentLength();
            validator = validator(response);
            return;
        }
        if (!verified && !validator.equals(validator(response))) {
            throw lying("has something else there by now");
        }
        if (response.code() == 200) {
            long length = response.body().contentLength();
            if (length >= 0 && length != size) {
                throw lying("has one of " + length);
            }
            return;
        }
        String range = response.header("Content-Range", "");
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != offset) {
            throw lying("answered a request for the bytes from " + offset + " with '" + range + "'");
        }
        if (size >= 0 && !matcher.group(2).equals("*") && Long.parseLong(matcher.group(2)) != size) {
            throw lying("has one of " + matcher.group(2));
        }
    }

    /** Names this version of the body, or null. */
    private static String validator(Response response) {
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
        BrokenDownload(IOException cause) {
            super(cause);
        }

        @Override
        public synchronized IOException getCause() {
            return (IOException) super.getCause();
        }
    }

    /** Notices a server that sends so slowly that it would never end, which no read timeout does. */
    private static final class Stall {
        private final Patience patience;
        private long windowStart = System.nanoTime();
        private long bytes;

        Stall(Patience patience) {
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
