package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The profiles that one project sees, {@code /1.0/profiles}. */
public final class Profiles {

    private final Api api;

    Profiles(Api api) {
        this.api = api;
    }

    /** {@return all profiles} */
    public List<Profile> list() {
        return Json.list(api.ask(ApiRequest.get("profiles").query("recursion", 1)), Profile::of);
    }

    /** {@return the names of all profiles, which the daemon finds faster than all of them} */
    public List<String> names() {
        return Json.list(api.ask(ApiRequest.get("profiles")), Api::nameIn);
    }

    /**
     * Looks one profile up.
     *
     * @param name its name
     * @return what the daemon knows of it; empty where there is none of that name
     */
    public Optional<Profile> find(String name) {
        return IfExists.find(() -> Profile.of(api.ask(ApiRequest.get("profiles", name))));
    }

    /**
     * Creates a profile.
     *
     * @param name its name
     * @param config what instances take over
     * @param devices the devices that instances take over
     * @param description a text for humans
     * @return the profile, as it was asked for
     * @throws IncusException if the daemon refuses, because there is one of that name, for example
     */
    public Profile create(
            String name, Map<String, String> config, Map<String, Map<String, String>> devices, String description) {
        ObjectNode body = Json.object().put("name", name).put("description", description);
        body.set("config", Json.object(config));
        body.set("devices", Json.nested(devices));
        api.run(ApiRequest.post("profiles").json(body));
        return new Profile(name, description, config, devices);
    }

    /**
     * Deletes a profile; one that is not there is fine.
     *
     * @param name its name
     * @throws IncusException if it is in use
     */
    public void delete(String name) {
        IfExists.remove(() -> api.run(ApiRequest.delete("profiles", name)));
    }

    /**
     * What the daemon knows of a profile, {@code GET /1.0/profiles/NAME}.
     *
     * @param name its name
     * @param description a text for humans
     * @param config what instances take over
     * @param devices the devices that instances take over
     */
    public record Profile(
            String name, String description, Map<String, String> config, Map<String, Map<String, String>> devices) {

        static Profile of(JsonNode node) {
            return new Profile(
                    node.path("name").asText(),
                    node.path("description").asText(),
                    Json.strings(node.path("config")),
                    Json.stringsOfStrings(node.path("devices")));
        }
    }
}
