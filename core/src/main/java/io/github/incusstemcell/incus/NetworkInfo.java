package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;

/**
 * What the daemon knows of a network, {@code GET /1.0/networks/NAME}.
 *
 * @param name its name
 * @param type such as {@code bridge} or {@code physical}
 * @param isManaged whether it is Incus's own; the others are interfaces of the host
 * @param description a text for humans
 * @param config its configuration
 * @param usedBy the paths of what uses it, as URLs of the API
 * @param status {@code Created}, or {@code Pending} where it is defined on some members of a cluster only; empty for those of the host
 * @param locations the members of the cluster that have it; empty where there is no cluster
 */
public record NetworkInfo(
        String name,
        String type,
        boolean isManaged,
        String description,
        Map<String, String> config,
        List<String> usedBy,
        String status,
        List<String> locations) {

    static NetworkInfo of(JsonNode node) {
        return new NetworkInfo(
                node.path("name").asText(),
                node.path("type").asText(),
                node.path("managed").asBoolean(),
                node.path("description").asText(),
                Json.strings(node.path("config")),
                Json.list(node.path("used_by"), JsonNode::asText),
                node.path("status").asText(),
                Json.list(node.path("locations"), JsonNode::asText));
    }
}
