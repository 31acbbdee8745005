package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** Pushes images to the real registry that {@code INCUS_STEMCELL_DEV_REGISTRY} names, by plain requests of our own. */
final class DevRegistry {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String host;

    DevRegistry() {
        host = System.getenv("INCUS_STEMCELL_DEV_REGISTRY");
        if (host == null) {
            throw new IllegalStateException(
                    "INCUS_STEMCELL_DEV_REGISTRY must name a registry (host:port) to push to; run dev/registry up");
        }
    }

    String host() {
        return host;
    }

    RegistrySettings.Builder settings() {
        return RegistrySettings.builder().insecureHost(host).architecture("amd64");
    }

    /** Pushes layers as they are, with a configuration that has these diff_ids, and gives the digest of the manifest. */
    Digest push(String repository, String tag, List<byte[]> layers, List<Digest> diffIds) {
        return pushManifest(repository, tag, manifest(repository, layers, diffIds), TestLayout.DOCKER_MANIFEST);
    }

    byte[] manifest(String repository, List<byte[]> layers, List<Digest> diffIds) {
        ObjectNode config = JSON.createObjectNode().put("architecture", "amd64").put("os", "linux");
        ArrayNode ids = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        diffIds.forEach(id -> ids.add(id.toString()));
        ObjectNode manifest =
                JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", TestLayout.DOCKER_MANIFEST);
        manifest.set(
                "config",
                descriptor(
                        "application/vnd.docker.container.image.v1+json",
                        pushBlob(repository, bytes(config)),
                        bytes(config).length));
        ArrayNode nodes = manifest.putArray("layers");
        for (byte[] layer : layers) {
            nodes.add(descriptor(
                    "application/vnd.docker.image.rootfs.diff.tar.gzip", pushBlob(repository, layer), layer.length));
        }
        return bytes(manifest);
    }

    static ObjectNode descriptor(String mediaType, Digest digest, long size) {
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("size", size)
                .put("digest", digest.toString());
    }

    Digest pushBlob(String repository, byte[] blob) {
        Digest digest = Digest.sha256(blob);
        URI base = URI.create("http://" + host);
        HttpResponse<String> started =
                send(HttpRequest.newBuilder(base.resolve("/v2/" + repository + "/blobs/uploads/"))
                        .POST(BodyPublishers.noBody())
                        .build());
        URI location = base.resolve(started.headers().firstValue("Location").orElseThrow());
        URI put = URI.create(location + (location.getQuery() == null ? "?" : "&") + "digest=" + digest);
        expect(
                201,
                send(HttpRequest.newBuilder(put)
                        .header("Content-Type", "application/octet-stream")
                        .PUT(BodyPublishers.ofByteArray(blob))
                        .build()));
        return digest;
    }

    Digest pushManifest(String repository, String tag, byte[] manifest, String mediaType) {
        expect(
                201,
                send(HttpRequest.newBuilder(URI.create("http://" + host + "/v2/" + repository + "/manifests/" + tag))
                        .header("Content-Type", mediaType)
                        .PUT(BodyPublishers.ofByteArray(manifest))
                        .build()));
        return Digest.sha256(manifest);
    }

    static byte[] bytes(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void expect(int status, HttpResponse<String> response) {
        if (response.statusCode() != status) {
            throw new IllegalStateException(response.uri() + ": " + response.statusCode() + " " + response.body());
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("The registry " + host + " does not answer; run dev/registry up", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
