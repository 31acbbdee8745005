package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a job is told of another that it consumes, on the same machine or on others: {@code link('db')} in its templates.
 *
 * @param instances the addresses of the machines on which the other job is; at least one
 * @param properties the properties that it shares, nested as the templates look them up
 * @see Agent#link
 */
public record Link(List<String> instances, Map<String, Object> properties) {

    /**
     * Copies both.
     *
     * @throws IllegalArgumentException if there is no instance
     */
    public Link {
        instances = List.copyOf(instances);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        if (instances.isEmpty()) {
            throw new IllegalArgumentException("A link leads to one instance at least");
        }
    }

    /**
     * A link to a job on one machine.
     *
     * @param address the machine's address
     * @param properties the properties that the job shares
     * @return the link
     */
    public static Link to(String address, Map<String, Object> properties) {
        return new Link(List.of(Objects.requireNonNull(address, "address")), properties);
    }

    JsonNode json() {
        ObjectNode link = Json.object();
        link.set("properties", Json.tree(properties));
        ArrayNode all = link.putArray("instances");
        for (int i = 0; i < instances.size(); i++) {
            all.addObject()
                    .put("name", "instance")
                    .put("index", i)
                    .put("id", instances.get(i))
                    .put("az", JobInstance.ZONE)
                    .put("address", instances.get(i))
                    .put("bootstrap", i == 0)
                    .set("properties", Json.tree(properties));
        }
        return link;
    }
}
