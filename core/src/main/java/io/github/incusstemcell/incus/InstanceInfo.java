package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon knows of an instance, {@code GET /1.0/instances/NAME}.
 *
 * @param name its name
 * @param project the project that it is in
 * @param status {@code Running}, {@code Stopped}, {@code Frozen}, {@code Error}...
 * @param ephemeral whether the daemon deletes it when it stops
 * @param description a text for humans
 * @param architecture such as {@code x86_64}
 * @param location the member of the cluster that it is on; {@code none} where there is no cluster
 * @param profiles the profiles it takes after
 * @param config its own configuration
 * @param expandedConfig the configuration with what the profiles give
 * @param devices its own devices
 * @param expandedDevices the devices with what the profiles give
 * @param createdAt when it was created; empty where the daemon does not say
 * @param lastUsedAt when it was last started; empty: never
 */
public record InstanceInfo(
        String name,
        String project,
        String status,
        boolean ephemeral,
        String description,
        String architecture,
        String location,
        List<String> profiles,
        Map<String, String> config,
        Map<String, String> expandedConfig,
        Map<String, Map<String, String>> devices,
        Map<String, Map<String, String>> expandedDevices,
        Optional<Instant> createdAt,
        Optional<Instant> lastUsedAt) {

    static InstanceInfo of(JsonNode node) {
        return new InstanceInfo(
                node.path("name").asText(),
                node.path("project").asText(),
                node.path("status").asText(),
                node.path("ephemeral").asBoolean(),
                node.path("description").asText(),
                node.path("architecture").asText(),
                node.path("location").asText(),
                Json.list(node.path("profiles"), JsonNode::asText),
                Json.strings(node.path("config")),
                Json.strings(node.path("expanded_config")),
                Json.stringsOfStrings(node.path("devices")),
                Json.stringsOfStrings(node.path("expanded_devices")),
                Json.time(node.path("created_at")),
                Json.time(node.path("last_used_at")).filter(Instant.EPOCH::isBefore));
    }

    /** {@return whether its processes run; false where they are frozen, too} */
    public boolean isRunning() {
        return status.equals("Running");
    }

    /** {@return what tells it from others; of its configuration, which may hold secrets, nothing} */
    @Override
    public String toString() {
        return "InstanceInfo[" + name + " in " + project + ", " + status + "]";
    }
}
