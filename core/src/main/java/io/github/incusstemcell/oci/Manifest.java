package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A manifest, OCI's or Docker's schema 2, which differ only in the names of their media types. */
sealed interface Manifest {

    /** Manifests of one image for several platforms. */
    record Index(List<Descriptor> manifests) implements Manifest {}

    /** One image for one platform. */
    record Image(Descriptor config, List<Descriptor> layers) implements Manifest {}

    /**
     * Reads a manifest by what is in it: the media type that comes with it from outside may lie, its digest cannot.
     *
     * @param image the name of the image, for messages
     */
    static Manifest parse(byte[] json, String image) {
        JsonNode root = object(json, "manifest", image);
        boolean isIndex = root.path("manifests").isArray();
        boolean isImage = root.path("layers").isArray() && root.path("config").isObject();
        if (root.path("schemaVersion").asInt() == 1) {
            throw new CorruptImageException(
                    "Cannot read " + image
                            + ": its manifest is of Docker's schema 1, which was given up in 2017. Push it again with a newer tool.");
        }
        // A manifest that could be read as either would mean different things to different readers (CVE-2021-41190).
        if (isIndex == isImage) {
            throw new CorruptImageException("Cannot read " + image + ": what its digest points to is "
                    + (isIndex ? "both a manifest and an index" : "no image manifest and no index")
                    + ", media type '" + root.path("mediaType").asText("") + "'.");
        }
        return isIndex
                ? new Index(descriptors(root.path("manifests"), image))
                : new Image(Descriptor.parse(root.path("config"), image), descriptors(root.path("layers"), image));
    }

    /** Reads a JSON object. */
    static JsonNode object(byte[] json, String what, String image) {
        try {
            JsonNode root = Json.read(json);
            if (root != null && root.isObject()) {
                return root;
            }
            throw new CorruptImageException(image + " is damaged: its " + what + " is no JSON object.");
        } catch (IOException e) {
            throw new CorruptImageException(image + " is damaged: its " + what + " is no JSON: " + e.getMessage(), e);
        }
    }

    private static List<Descriptor> descriptors(JsonNode nodes, String image) {
        List<Descriptor> descriptors = new ArrayList<>();
        nodes.forEach(node -> descriptors.add(Descriptor.parse(node, image)));
        return List.copyOf(descriptors);
    }
}
