package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The projects of a daemon, {@code /1.0/projects}. */
public final class Projects {

    private final Api api;

    Projects(Api api) {
        this.api = api;
    }

    /** {@return all projects that we may see} */
    public List<Project> list() {
        return Json.list(api.ask(ApiRequest.get("projects").query("recursion", 1)), Project::of);
    }

    /**
     * Looks one project up.
     *
     * @param name its name
     * @return what the daemon knows of it; empty where there is none of that name
     */
    public Optional<Project> find(String name) {
        return IfExists.find(() -> Project.of(api.ask(ApiRequest.get("projects", name))));
    }

    /**
     * Creates a project.
     *
     * @param name its name
     * @param config its configuration, such as {@code features.images}
     * @param description a text for humans
     * @return the project
     * @throws IncusException if the daemon refuses, because there is one of that name, for example
     */
    public Project create(String name, Map<String, String> config, String description) {
        ObjectNode body = Json.object().put("name", name).put("description", description);
        body.set("config", Json.object(config));
        api.run(ApiRequest.post("projects").json(body));
        return Project.of(api.ask(ApiRequest.get("projects", name)));
    }

    /**
     * Deletes an empty project; one that is not there is fine.
     *
     * @param name its name
     * @throws IncusException if something is in it
     */
    public void delete(String name) {
        IfExists.remove(() -> api.run(ApiRequest.delete("projects", name)));
    }

    /**
     * What the daemon knows of a project, {@code GET /1.0/projects/NAME}.
     *
     * @param name its name
     * @param description a text for humans
     * @param config its configuration
     * @param usedBy the paths of what is in it, as URLs of the API
     */
    public record Project(String name, String description, Map<String, String> config, List<String> usedBy) {

        static Project of(JsonNode node) {
            return new Project(
                    node.path("name").asText(),
                    node.path("description").asText(),
                    Json.strings(node.path("config")),
                    Json.list(node.path("used_by"), JsonNode::asText));
        }

        /** {@return whether the project forbids what could reach the host: raw keys, nesting, host paths...} */
        public boolean isRestricted() {
            return Boolean.parseBoolean(config.get("restricted"));
        }
    }
}
