package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What we need of an image's configuration (OCI image spec, "Image Configuration").
 *
 * @param architecture empty where it is not said, as in stemcells made by hand
 * @param diffIds of the layers from the lowest up; empty where they are not said
 */
record ImageConfig(
        Optional<String> architecture, Optional<Instant> created, Map<String, String> labels, List<Digest> diffIds) {

    static ImageConfig parse(byte[] json, String image) {
        JsonNode root = Manifest.object(json, "configuration", image);
        requireLinux(root, image);
        Map<String, String> labels = new TreeMap<>();
        JsonNode ours = root.path("config").path("Labels");
        ours.fieldNames()
                .forEachRemaining(name -> labels.put(name, ours.get(name).asText("")));
        return new ImageConfig(
                Optional.of(root.path("architecture").asText("")).filter(a -> !a.isEmpty()),
                created(root.path("created").asText("")),
                Map.copyOf(labels),
                diffIds(root.path("rootfs").path("diff_ids"), image));
    }

    /** A manifest that stands alone says nowhere else what it is for. */
    private static void requireLinux(JsonNode root, String image) {
        String os = root.path("os").asText("");
        if (!os.isEmpty() && !os.equals("linux")) {
            throw new ImageNotFoundException(image + " has no image for linux, only for " + os + "/"
                    + root.path("architecture").asText("an unnamed architecture") + ". Check the reference.");
        }
    }

    private static Optional<Instant> created(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty(); // Only shown to people, so no reason to refuse the image.
        }
    }

    private static List<Digest> diffIds(JsonNode nodes, String image) {
        List<Digest> diffIds = new ArrayList<>();
        try {
            nodes.forEach(node -> diffIds.add(Digest.parse(node.asText(""))));
        } catch (IllegalArgumentException e) {
            throw new CorruptImageException(
                    image + " is damaged: a diff_id in its configuration is no digest: " + e.getMessage(), e);
        }
        return List.copyOf(diffIds);
    }
}
