package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Points to a blob or a manifest (OCI image spec, "Content Descriptors").
 *
 * @param size in bytes
 * @param refName the annotation that names an image in a layout
 * @param platform what the manifest is for; only in an index
 */
record Descriptor(String mediaType, Digest digest, long size, Optional<String> refName, Optional<Platform> platform) {

    static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** Reads a descriptor; what is wrong with it becomes a {@link CorruptImageException} about {@code image}. */
    static Descriptor parse(JsonNode node, String image) {
        JsonNode size = node.path("size");
        if (!size.canConvertToLong() || !size.isIntegralNumber() || size.longValue() < 0) {
            throw new CorruptImageException(
                    image + " is damaged: a descriptor in its manifest has no valid size: " + node);
        }
        try {
            return new Descriptor(
                    node.path("mediaType").asText(""),
                    Digest.parse(node.path("digest").asText("")),
                    size.longValue(),
                    Optional.ofNullable(node.path("annotations").path(REF_NAME).asText(null)),
                    Platform.parse(node.path("platform")));
        } catch (IllegalArgumentException e) {
            throw new CorruptImageException(
                    image + " is damaged: a descriptor in its manifest has no valid digest: " + e.getMessage(), e);
        }
    }

    /** What a manifest in an index is for. */
    record Platform(String os, String architecture, String variant) {

        static Optional<Platform> parse(JsonNode node) {
            return node.isObject()
                    ? Optional.of(new Platform(
                            node.path("os").asText(""),
                            node.path("architecture").asText(""),
                            node.path("variant").asText("")))
                    : Optional.empty();
        }

        boolean runs(String architecture) {
            return os.equals("linux") && this.architecture.equals(architecture);
        }

        @Override
        public String toString() {
            return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
        }
    }
}
