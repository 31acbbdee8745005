package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.util.Objects;

/**
 * A package as it is installed: what its packaging script has made, in the agent's blobstore.
 *
 * @param name the name of the package
 * @param version its version, or what stands for it, such as a fingerprint
 * @param blob the archive
 */
public record CompiledPackage(String name, String version, Blob blob) {

    /** Refuses nulls. */
    public CompiledPackage {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(blob, "blob");
    }

    /** As {@code agent/applier/applyspec/package_spec.go} has it. */
    JsonNode json() {
        return Json.object()
                .put("name", name)
                .put("version", version)
                .put("sha1", blob.digest())
                .put("blobstore_id", blob.id());
    }
}
