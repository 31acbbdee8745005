package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;

/**
 * A member of a cluster, {@code GET /1.0/cluster/members}.
 *
 * @param name its name
 * @param status {@code Online}, {@code Offline}, {@code Evacuated}, {@code Blocked}...
 * @param message why, in words
 * @param architecture such as {@code x86_64}
 * @param groups the groups that it is in
 */
public record ClusterMember(String name, String status, String message, String architecture, List<String> groups) {

    static ClusterMember of(JsonNode node) {
        return new ClusterMember(
                node.path("server_name").asText(),
                node.path("status").asText(),
                node.path("message").asText(),
                node.path("architecture").asText(),
                Json.list(node.path("groups"), JsonNode::asText));
    }

    /** {@return whether instances can be placed on it: it is neither offline nor evacuated} */
    public boolean isOnline() {
        return status.equals("Online");
    }
}
