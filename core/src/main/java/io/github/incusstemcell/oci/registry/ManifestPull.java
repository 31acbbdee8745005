package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.internal.Hashes;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/** {@code GET /v2/<name>/manifests/<tag or digest>} (distribution spec, "Pulling manifests"). */
final class ManifestPull {

    /** Manifests and indexes of OCI, and Docker's schema 2. */
    private static final String ACCEPT = String.join(
            ", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private static final int MOST_TAGS_SHOWN = 8;

    private final RegistryEndpoint endpoint;
    private final String image;
    private final String purpose;

    ManifestPull(RegistryEndpoint endpoint, String image) {
        this.endpoint = endpoint;
        this.image = image;
        this.purpose = "Cannot pull " + image;
    }

    /**
     * Pulls a manifest.
     *
     * @param target a tag or a digest
     * @param digest what it must have, where that is known
     * @return its bytes, verified where there is a digest
     */
    byte[] pull(String target, Optional<Digest> digest) {
        Request request = new Request.Builder()
                .url(endpoint.url("manifests/" + target))
                .header("Accept", ACCEPT)
                .build();
        byte[] manifest = endpoint.http().withPatience(request.url(), purpose, () -> body(request, target, digest));
        digest.ifPresent(expected -> verify(manifest, expected));
        return manifest;
    }

    private byte[] body(Request request, String target, Optional<Digest> digest) throws IOException {
        try (Response response = endpoint.send(request, purpose)) {
            if (response.code() == 404) {
                throw notFound(response, target, digest);
            }
            if (response.code() != 200) {
                throw new RegistryUnavailableException(purpose + ": " + endpoint.host() + " answered "
                        + RegistryEndpoint.answer(response) + " to " + request.url()
                        + ". Try again later, or ask those who run it.");
            }
            BufferedSource source = response.body().source();
            if (source.request(RegistryEndpoint.LARGEST_MANIFEST + 1L)) {
                throw new CorruptImageException(purpose + ": " + endpoint.host() + " sends a manifest of more than "
                        + (RegistryEndpoint.LARGEST_MANIFEST >> 20) + " MiB, which no image needs.");
            }
            return source.readByteArray();
        }
    }

    private void verify(byte[] manifest, Digest expected) {
        MessageDigest hash = Hashes.of(expected.algorithm());
        hash.update(manifest);
        Digest actual = new Digest(expected.algorithm(), Hashes.hex(hash));
        if (!actual.equals(expected)) {
            throw new CorruptImageException(
                    purpose + ": " + endpoint.host() + " sent a manifest with the digest " + actual + " where "
                            + expected + " was asked for. The registry, or something before it, is broken or lying.");
        }
    }

    private ImageNotFoundException notFound(Response response, String target, Optional<Digest> digest) {
        String answer = RegistryEndpoint.answer(response);
        String what = digest.isPresent() ? "no manifest " + target : "no tag " + target;
        return new ImageNotFoundException(purpose + ": " + endpoint.host() + " has " + what + " in "
                + endpoint.repository() + ": " + answer + ". " + tags());
    }

    /** What there is instead; only an attempt to help, so whatever goes wrong here is not worth a word. */
    private String tags() {
        Request request = new Request.Builder().url(endpoint.url("tags/list")).build();
        try (Response response = endpoint.http().sendOnce(endpoint.authorized(request), purpose)) {
            List<String> tags = new ArrayList<>();
            Json.read(response.body().bytes()).path("tags").forEach(tag -> tags.add(tag.asText()));
            if (tags.isEmpty()) {
                return "Check the name " + image + ".";
            }
            int from = Math.max(0, tags.size() - MOST_TAGS_SHOWN);
            return "Its tags are " + (from > 0 ? "..., " : "") + String.join(", ", tags.subList(from, tags.size()))
                    + ".";
        } catch (IOException | RegistryUnavailableException e) {
            return "Check the name " + image + ".";
        }
    }
}
