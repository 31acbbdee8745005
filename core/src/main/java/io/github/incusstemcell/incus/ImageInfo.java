package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon knows of an image, {@code GET /1.0/images/FINGERPRINT}.
 *
 * @param fingerprint the SHA-256 of its metadata and then its rootfs
 * @param aliases its names
 * @param properties its properties
 * @param architecture such as {@code x86_64}
 * @param type {@code container} or {@code virtual-machine}
 * @param size what it takes, compressed as it came, in bytes
 * @param isCached whether the daemon fetched it by itself and may throw it away by itself
 * @param createdAt when it was made, by its metadata; empty where that does not say
 * @param uploadedAt when the daemon got it; empty where it does not say
 * @param lastUsedAt when an instance was last made from it; empty: never
 */
public record ImageInfo(
        String fingerprint,
        List<String> aliases,
        Map<String, String> properties,
        String architecture,
        String type,
        long size,
        boolean isCached,
        Optional<Instant> createdAt,
        Optional<Instant> uploadedAt,
        Optional<Instant> lastUsedAt) {

    static ImageInfo of(JsonNode node) {
        return new ImageInfo(
                node.path("fingerprint").asText(),
                Json.list(node.path("aliases"), alias -> alias.path("name").asText()),
                Json.strings(node.path("properties")),
                node.path("architecture").asText(),
                node.path("type").asText(),
                node.path("size").asLong(),
                node.path("cached").asBoolean(),
                Json.time(node.path("created_at")),
                Json.time(node.path("uploaded_at")),
                Json.time(node.path("last_used_at")));
    }
}
