package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/** {@code GET /v2/<name>/blobs/<digest>} (distribution spec, "Pulling blobs"). */
final class BlobPull implements Download.Origin {

    private final RegistryEndpoint endpoint;
    private final Digest digest;
    private final long size;
    private final String image;
    private final String purpose;
    private final HttpUrl url;

    BlobPull(RegistryEndpoint endpoint, Digest digest, long size, String image) {
        this.endpoint = endpoint;
        this.digest = digest;
        this.size = size;
        this.image = image;
        this.purpose = "Cannot pull " + image;
        this.url = endpoint.url("blobs/" + digest);
    }

    /**
     * Completes a file that may hold the beginning of the blob.
     *
     * @param copies what gets the bytes, too: one for each beginning
     * @return the one that got all of them
     */
    <T extends OutputStream> T into(Path file, Supplier<T> copies, Progress progress) throws IOException {
        for (boolean again = false; ; again = true) {
            T copy = copies.get();
            boolean whole = false;
            try {
                Download download = new Download(
                        endpoint.http(),
                        this,
                        purpose,
                        "the blob " + digest,
                        size,
                        digest.algorithm(),
                        copy,
                        "Pulling " + image + " (" + digest.abbreviated() + ")",
                        progress);
                download.start(file);
                Optional<CorruptImageException> wrong = complete(download, file);
                if (wrong.isEmpty()) {
                    whole = true;
                    return copy;
                }
                Files.deleteIfExists(file);
                // Perhaps only a piece was damaged, as the beginning that an earlier process left: without it, once.
                if (!download.isPieced() || again) {
                    throw wrong.get();
                }
            } finally {
                if (!whole) {
                    copy.close();
                }
            }
        }
    }

    private Optional<CorruptImageException> complete(Download download, Path file) throws IOException {
        try {
            Digest actual = download.complete(file);
            return actual.equals(digest)
                    ? Optional.empty()
                    : Optional.of(
                            new CorruptImageException(purpose + ": " + host() + " sent bytes with the digest " + actual
                                    + " for the blob " + digest
                                    + ". The registry, or something before it, is broken or lying."));
        } catch (CorruptImageException e) {
            return Optional.of(e);
        }
    }

    @Override
    public Response send(Request.Builder request) {
        Response response = endpoint.send(request.url(url).build(), purpose);
        if (response.code() == 404) {
            throw new ImageNotFoundException(purpose + ": " + host() + " has lost the blob " + digest + " of it: "
                    + RegistryEndpoint.answer(response) + ". Push the image again.");
        }
        if (!Download.isUsable(response)) {
            throw new RegistryUnavailableException(purpose + ": " + host() + " answered "
                    + RegistryEndpoint.answer(response) + " to " + url + ". Try again later, or ask those who run it.");
        }
        return response;
    }

    @Override
    public String host() {
        return endpoint.host();
    }
}
