package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a release is: its two forms differ in where what stands. */
sealed interface ReleaseSource permits ReleaseArchive, ReleaseFolder {

    String name();

    List<String> jobs();

    /**
     * A job as it is before it is rendered.
     *
     * @param spec its {@code spec}, or {@code job.MF}, which is the same
     * @param files {@code monit} and {@code templates/...}
     */
    record Job(String name, JsonNode spec, Map<String, byte[]> files) {}

    Job job(String name);

    /** What is said of a package; null where there is none. */
    @Nullable
    JsonNode packageNamed(String name);

    default List<String> dependencies(JsonNode described) {
        List<String> names = new ArrayList<>();
        described.path("dependencies").forEach(name -> names.add(name.asText()));
        return names;
    }

    ReleasePackage read(String name, JsonNode described, List<ReleasePackage> dependencies);
}
