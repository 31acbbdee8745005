package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * {@code GET /v2/<name>/blobs/<digest>} (distribution spec, "Pulling blobs"), into a file that may hold the beginning
 * already, and again from where it broke as long as that brings anything.
 */
final class BlobPull {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    private final RegistryEndpoint endpoint;
    private final Descriptor blob;
    private final Progress progress;
    private final String purpose;
    private final String what;
    private final HttpUrl url;

    private MessageDigest hash;
    private long offset;

    BlobPull(RegistryEndpoint endpoint, Descriptor blob, String image, Progress progress) {
        this.endpoint = endpoint;
        this.blob = blob;
        this.progress = progress;
        this.purpose = "Cannot pull " + image;
        this.what = "Pulling " + image + " (" + blob.digest().abbreviated() + ")";
        this.url = endpoint.url("blobs/" + blob.digest());
    }

    /** Completes the file, which has the right digest and size then; else it throws. */
    void into(Path file) throws IOException {
        boolean resumes = start(file);
        try {
            complete(file);
        } catch (CorruptImageException e) {
            Files.deleteIfExists(file);
            if (!resumes) {
                throw e;
            }
            // Perhaps only the beginning was damaged that an earlier process left: without it, once.
            start(file);
            complete(file);
        }
    }

    private boolean start(Path file) throws IOException {
        hash = blob.digest().newHash();
        offset = 0;
        if (Files.exists(file)) {
            if (Files.size(file) > blob.size()) {
                Files.delete(file);
                return false;
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hash.update(buffer, 0, n);
                    offset += n;
                }
            }
        }
        return offset > 0;
    }

    private void complete(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            Patience patience = endpoint.http().patience();
            int failures = 0;
            while (offset < blob.size()) {
                long before = offset;
                try (Response response = request()) {
                    copy(response, out);
                } catch (BrokenDownload e) {
                    // Whoever sends a few bytes and breaks off, again and again, does not get new patience each time.
                    failures = offset - before >= patience.stallBytes() ? 1 : failures + 1;
                    if (failures >= patience.attempts()) {
                        throw new RegistryUnavailableException(
                                purpose + ": the blob " + blob.digest() + " broke off after "
                                        + offset + " of " + blob.size() + " bytes, " + failures
                                        + " times without getting further: "
                                        + Http.reason(e.getCause()) + ". Run again to go on from there.",
                                e);
                    }
                    endpoint.http().pause(patience.pauseAfter(failures), purpose);
                }
            }
        }
        verify();
    }

    private Response request() {
        Request.Builder request = new Request.Builder().url(url).header("Accept-Encoding", "identity");
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        Response response = endpoint.send(request.build(), purpose);
        if (response.code() == 404) {
            throw new ImageNotFoundException(purpose + ": " + endpoint.host() + " has lost the blob " + blob.digest()
                    + " of it: " + RegistryEndpoint.answer(response) + ". Push the image again.");
        }
        if (response.code() != 200 && response.code() != 206) {
            throw new RegistryUnavailableException(purpose + ": " + endpoint.host() + " answered "
                    + RegistryEndpoint.answer(response) + " to " + url + ". Try again later, or ask those who run it.");
        }
        return response;
    }

    private void copy(Response response, OutputStream out) throws IOException, BrokenDownload {
        long skip = response.code() == 200 ? offset : 0;
        checkDeclared(response);
        Stall stall = new Stall(endpoint.http().patience());
        byte[] buffer = new byte[1 << 16];
        InputStream in = response.body().byteStream();
        while (true) {
            int n = read(in, buffer);
            if (n < 0) {
                break;
            }
            stall.received(n);
            int from = (int) Math.min(skip, n);
            skip -= from;
            if (offset + n - from > blob.size()) {
                throw lying("sends more than that");
            }
            out.write(buffer, from, n - from);
            hash.update(buffer, from, n - from);
            offset += n - from;
            progress.report(what, offset, blob.size());
        }
        if (offset < blob.size()) {
            throw new BrokenDownload(new IOException("the connection ended early"));
        }
    }

    private static int read(InputStream in, byte[] buffer) throws BrokenDownload {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new BrokenDownload(e);
        }
    }

    /** Trusts no length but the manifest's: neither one that is shorter nor one that would fill the disk. */
    private void checkDeclared(Response response) {
        if (response.code() == 200) {
            long length = response.body().contentLength();
            if (length >= 0 && length != blob.size()) {
                throw lying("has one of " + length);
            }
            return;
        }
        String range = response.header("Content-Range", "");
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != offset) {
            throw lying("answered a request for the bytes from " + offset + " with '" + range + "'");
        }
        if (!matcher.group(2).equals("*") && Long.parseLong(matcher.group(2)) != blob.size()) {
            throw lying("has one of " + matcher.group(2));
        }
    }

    private CorruptImageException lying(String but) {
        return new CorruptImageException(purpose + ": its manifest has the blob " + blob.digest() + " of " + blob.size()
                + " bytes, but " + endpoint.host() + " " + but
                + ". The registry, or something before it, is broken or lying.");
    }

    private void verify() {
        Digest actual = blob.digest().finished(hash);
        if (!actual.equals(blob.digest())) {
            throw new CorruptImageException(purpose + ": " + endpoint.host() + " sent bytes with the digest " + actual
                    + " for the blob " + blob.digest()
                    + ". The registry, or something before it, is broken or lying.");
        }
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
                        new IOException("only " + bytes + " bytes came in " + elapsed / 1_000_000_000 + " s"));
            }
            windowStart = System.nanoTime();
            bytes = 0;
        }
    }
}
