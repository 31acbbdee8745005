package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The storage pools, {@code /1.0/storage-pools}. They belong to no project. */
public final class StoragePools {

    private final Api api;

    StoragePools(Api api) {
        this.api = api;
    }

    /**
     * Lists the pools, {@code GET /1.0/storage-pools?recursion=1}.
     *
     * @return all pools
     * @throws IncusException with 6.0, if we are confined to a project; {@link #find} works there, too
     */
    public List<StoragePool> list() {
        return Json.list(api.ask(ApiRequest.get("storage-pools").query("recursion", 1)), StoragePool::of);
    }

    /**
     * Looks one pool up.
     *
     * @param name its name
     * @return what the daemon knows of it; empty where there is none of that name
     */
    public Optional<StoragePool> find(String name) {
        return IfExists.find(() -> StoragePool.of(api.ask(ApiRequest.get("storage-pools", name))));
    }

    /**
     * Creates a pool.
     *
     * @param name its name
     * @param driver such as {@code btrfs} or {@code dir}
     * @param config its configuration, such as {@code size} or {@code source}
     * @param description a text for humans
     * @return the pool
     * @throws IncusException if the daemon refuses
     */
    public StoragePool create(String name, String driver, Map<String, String> config, String description) {
        ObjectNode body = Json.object().put("name", name).put("driver", driver).put("description", description);
        body.set("config", Json.object(config));
        api.run(ApiRequest.post("storage-pools").json(body).patientFor(ApiRequest.LONG_WORK));
        return StoragePool.of(api.ask(ApiRequest.get("storage-pools", name)));
    }

    /**
     * Deletes a pool; one that is not there is fine.
     *
     * @param name its name
     * @throws IncusException if it is in use
     */
    public void delete(String name) {
        IfExists.remove(() -> api.run(ApiRequest.delete("storage-pools", name).patientFor(ApiRequest.LONG_WORK)));
    }

    /**
     * Sets keys of a pool's configuration and leaves the others as they are, {@code PATCH /1.0/storage-pools/NAME}.
     *
     * @param name its name
     * @param changes keys and their values
     */
    public void updateConfig(String name, Map<String, String> changes) {
        api.run(ApiRequest.patch("storage-pools", name).json(Json.object().set("config", Json.object(changes))));
    }

    /**
     * Creates a volume for files, {@code POST /1.0/storage-pools/NAME/volumes/custom}, in the project in view.
     *
     * @param pool its pool
     * @param name its name
     * @throws IncusException if the daemon refuses
     */
    public void createVolume(String pool, String name) {
        api.run(ApiRequest.post("storage-pools", pool, "volumes", "custom")
                .json(Json.object().put("name", name).put("content_type", "filesystem")));
    }

    /**
     * Deletes such a volume; one that is not there is fine.
     *
     * @param pool its pool
     * @param name its name
     * @throws IncusException if it is in use
     */
    public void deleteVolume(String pool, String name) {
        IfExists.remove(() -> api.run(ApiRequest.delete("storage-pools", pool, "volumes", "custom", name)));
    }

    /**
     * The members of the daemon's cluster that have unpacked an image, {@code GET /1.0/storage-pools/NAME/volumes/image?recursion=1}.
     *
     * @param pool the pool that they have unpacked it into
     * @param fingerprint of the image
     * @return their names
     * @throws IncusException if the daemon does not tell us
     */
    public List<String> imageLocations(String pool, String fingerprint) {
        JsonNode volumes = api.ask(
                ApiRequest.get("storage-pools", pool, "volumes", "image").query("recursion", 1));
        List<String> locations = new ArrayList<>();
        volumes.forEach(volume -> {
            if (volume.path("name").asText().equals(fingerprint)) {
                locations.add(volume.path("location").asText());
            }
        });
        return locations;
    }

    /**
     * Deletes what a pool has unpacked of an image, {@code DELETE /1.0/storage-pools/NAME/volumes/image/FINGERPRINT}; where it has nothing,
     * that is fine. Containers of the image stay, and the next one has it unpacked anew.
     *
     * @param pool the name of the pool
     * @param fingerprint of the image
     * @throws IncusException if the daemon refuses
     */
    public void deleteImageVolume(String pool, String fingerprint) {
        IfExists.remove(() -> api.run(ApiRequest.delete("storage-pools", pool, "volumes", "image", fingerprint)));
    }

    /**
     * How much room a pool has, {@code GET /1.0/storage-pools/NAME/resources}.
     *
     * @param name its name
     * @return its room
     * @throws IncusException if there is no such pool
     */
    public Room room(String name) {
        JsonNode space =
                api.ask(ApiRequest.get("storage-pools", name, "resources")).path("space");
        return new Room(space.path("used").asLong(), space.path("total").asLong());
    }

    /**
     * The room in a pool.
     *
     * @param usedBytes what is used, in bytes
     * @param totalBytes what there is, in bytes
     */
    public record Room(long usedBytes, long totalBytes) {}

    /**
     * What the daemon knows of a pool, {@code GET /1.0/storage-pools/NAME}.
     *
     * @param name its name
     * @param driver such as {@code btrfs} or {@code dir}
     * @param description a text for humans
     * @param status such as {@code Created}
     * @param config its configuration; empty to those who may not see it
     * @param usedBy the paths of what uses it, as URLs of the API
     * @param locations the members of the cluster that have it; empty where there is no cluster
     */
    public record StoragePool(
            String name,
            String driver,
            String description,
            String status,
            Map<String, String> config,
            List<String> usedBy,
            List<String> locations) {

        static StoragePool of(JsonNode node) {
            return new StoragePool(
                    node.path("name").asText(),
                    node.path("driver").asText(),
                    node.path("description").asText(),
                    node.path("status").asText(),
                    Json.strings(node.path("config")),
                    Json.list(node.path("used_by"), JsonNode::asText),
                    Json.list(node.path("locations"), JsonNode::asText));
        }
    }
}
