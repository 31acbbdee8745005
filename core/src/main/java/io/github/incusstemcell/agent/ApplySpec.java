package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a machine is to have: the state that {@code apply} brings it to, as {@code agent/applier/applyspec/v1_apply_spec.go} has it.
 *
 * @param deployment the name of the deployment
 * @param name the name of the instance group
 * @param id of the instance
 * @param jobs the jobs in the archive of rendered templates, each a folder of its name there
 * @param packages what stands in {@code /var/vcap/packages}
 * @param templates the archive, a gzipped tar; empty where there are no jobs
 */
public record ApplySpec(
        String deployment,
        String name,
        String id,
        List<Job> jobs,
        List<CompiledPackage> packages,
        Optional<Blob> templates) {

    /** Copies the lists. */
    public ApplySpec {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(templates, "templates");
        jobs = List.copyOf(jobs);
        packages = List.copyOf(packages);
    }

    /**
     * A job.
     *
     * @param name its name
     * @param version its version, or what stands for it; not empty
     */
    public record Job(String name, String version) {

        /** Refuses nulls. */
        public Job {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(version, "version");
        }
    }

    ObjectNode json() {
        ObjectNode spec = Json.object()
                .put("deployment", deployment)
                .put("name", name)
                .put("id", id)
                .put("az", "z1")
                .put("index", 0)
                .put("persistent_disk", 0);
        ArrayNode named = spec.putObject("job").put("name", name).putArray("templates");
        jobs.forEach(job -> named.addObject().put("name", job.name()).put("version", job.version()));
        ObjectNode installed = spec.putObject("packages");
        packages.forEach(each -> installed.set(each.name(), each.json()));
        spec.putObject("networks").putObject("default");
        templates.ifPresent(archive -> spec.putObject("rendered_templates_archive")
                .put("blobstore_id", archive.id())
                .put("sha1", archive.digest()));
        return spec.put("configuration_hash", configurationHash());
    }

    /** By this the agent tells a drain script whether anything changes; without one, it would apply nothing at all. */
    private String configurationHash() {
        String content = jobs + " " + templates.map(Blob::digest).orElse("") + " "
                + packages.stream()
                        .map(each -> each.name() + " " + each.version() + " "
                                + each.blob().digest())
                        .toList();
        return Blob.digest(content.getBytes(StandardCharsets.UTF_8));
    }
}
