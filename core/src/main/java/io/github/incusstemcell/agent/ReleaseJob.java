package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A job of a release, with values for its properties and with its links. Immutable; each {@code with} method returns a changed copy. */
public final class ReleaseJob extends JobSpec {

    private final Release release;
    private final ReleaseSource.Job source;
    private final JsonNode properties;
    private final Map<String, Link> links;

    ReleaseJob(Release release, ReleaseSource.Job source) {
        this(release, source, Json.object(), Map.of());
    }

    private ReleaseJob(Release release, ReleaseSource.Job source, JsonNode properties, Map<String, Link> links) {
        super(source.name());
        this.release = release;
        this.source = source;
        this.properties = properties;
        this.links = links;
    }

    /**
     * The same with a value for one of its properties.
     *
     * @param property its name as the job's spec has it, such as {@code web.port}
     * @param value a string, number or boolean, or a list or map of these
     * @return the copy
     * @throws IllegalArgumentException if the job's spec has no such property
     */
    public ReleaseJob withProperty(String property, Object value) {
        TreeSet<String> declared = new TreeSet<>();
        source.spec().path("properties").fieldNames().forEachRemaining(declared::add);
        // A property may be a map, of which one value is set.
        if (declared.stream().noneMatch(each -> (property + ".").startsWith(each + "."))) {
            throw new IllegalArgumentException("The job '" + name() + "' of " + release + " has no property '"
                    + property + "'. It has: " + String.join(", ", declared));
        }
        ObjectNode changed = properties.deepCopy();
        ObjectNode inner = changed;
        String[] path = property.split("\\.");
        for (int i = 0; i < path.length - 1; i++) {
            inner = inner.has(path[i]) ? (ObjectNode) inner.get(path[i]) : inner.putObject(path[i]);
        }
        inner.set(path[path.length - 1], Json.tree(value));
        return new ReleaseJob(release, source, changed, links);
    }

    /**
     * The same with values for several of its properties.
     *
     * @param values values by the names of properties
     * @return the copy
     * @throws IllegalArgumentException if the job's spec has no property of one of these names
     */
    public ReleaseJob withProperties(Map<String, ?> values) {
        ReleaseJob changed = this;
        for (Map.Entry<String, ?> value : values.entrySet()) {
            changed = changed.withProperty(value.getKey(), value.getValue());
        }
        return changed;
    }

    /**
     * The same with a link to another job. One that is deployed beside it is found by itself, by the link's type.
     *
     * @param link the name of the link, as {@code consumes} of the job's spec has it
     * @param to where it leads
     * @return the copy
     * @throws IllegalArgumentException if the job's spec has no such link
     */
    public ReleaseJob withLink(String link, Link to) {
        if (named(source.spec().path("consumes"), link).isEmpty()) {
            throw new IllegalArgumentException(
                    "The job '" + name() + "' of " + release + " consumes no link '" + link + "'");
        }
        Map<String, Link> changed = new LinkedHashMap<>(links);
        changed.put(link, to);
        return new ReleaseJob(release, source, properties, changed);
    }

    private static Optional<JsonNode> named(JsonNode links, String name) {
        for (JsonNode each : links) {
            if (each.path("name").asText().equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    @Override
    ReleaseJob beside(List<JobSpec> jobs, String address) {
        ReleaseJob linked = this;
        for (JsonNode consumed : source.spec().path("consumes")) {
            String link = consumed.path("name").asText();
            List<Link> found = new ArrayList<>();
            jobs.forEach(job -> job.provided(address).forEach((provided, to) -> {
                if (provided.type().equals(consumed.path("type").asText())) {
                    found.add(to);
                }
            }));
            if (links.containsKey(link)
                    || found.isEmpty() && consumed.path("optional").asBoolean()) {
                continue;
            }
            if (found.size() != 1) {
                throw new IncusStemcellException("The job '" + name() + "' consumes the link '" + link + "' of type '"
                        + consumed.path("type").asText() + "', which "
                        + (found.isEmpty() ? "no job" : "more than one job")
                        + " provides that is deployed with it. Name one by withLink(\"" + link + "\", ...), such as"
                        + " otherStemcell.agent().link(\"" + link + "\")");
            }
            linked = linked.withLink(link, found.get(0));
        }
        return linked;
    }

    @Override
    Map<Provided, Link> provided(String address) {
        Map<Provided, Link> provided = new LinkedHashMap<>();
        JsonNode effective = effective();
        for (JsonNode link : source.spec().path("provides")) {
            ObjectNode shared = Json.object();
            link.path("properties").forEach(name -> copy(effective, shared, name.asText()));
            provided.put(
                    new Provided(link.path("name").asText(), link.path("type").asText()),
                    Link.to(address, Json.values(shared)));
        }
        return provided;
    }

    private static void copy(JsonNode from, ObjectNode to, String property) {
        String[] path = property.split("\\.");
        JsonNode value = from;
        ObjectNode inner = to;
        for (int i = 0; i < path.length - 1; i++) {
            value = value.path(path[i]);
            inner = inner.has(path[i]) ? (ObjectNode) inner.get(path[i]) : inner.putObject(path[i]);
        }
        value = value.path(path[path.length - 1]);
        if (!value.isMissingNode()) {
            inner.set(path[path.length - 1], value);
        }
    }

    /** What it is given, and for what it is not given the defaults. */
    private JsonNode effective() {
        ObjectNode request = Json.object();
        request.set(
                "declared",
                source.spec().path("properties").isObject() ? source.spec().path("properties") : Json.object());
        request.set("given", properties);
        return JRuby.templates().properties(request);
    }

    @Override
    Map<String, byte[]> files(JobInstance instance) {
        Map<String, String> targets = new TreeMap<>();
        targets.put("monit", "monit");
        JsonNode declared = source.spec().path("templates");
        declared.fieldNames()
                .forEachRemaining(from -> targets.put(from, declared.path(from).asText()));
        ObjectNode request = Json.object().put("job", name());
        ObjectNode texts = request.putObject("templates");
        targets.keySet().forEach(from -> texts.put(from, text(from.equals("monit") ? from : "templates/" + from)));
        request.set("spec", spec(instance));
        JsonNode rendered = JRuby.templates().render(request);
        List<String> errors = new ArrayList<>();
        rendered.path("errors").forEach(error -> errors.add("- " + error.asText()));
        if (!errors.isEmpty()) {
            throw new IncusStemcellException("The templates of the job '" + name() + "' of " + release
                    + " cannot be rendered:\n" + String.join("\n", errors)
                    + "\nGive properties without default a value with withProperty(...)");
        }
        Map<String, byte[]> files = new TreeMap<>();
        targets.forEach((from, to) ->
                files.put(to, rendered.at("/files").path(from).asText().getBytes(StandardCharsets.UTF_8)));
        return files;
    }

    private String text(String file) {
        byte[] content = source.files().get(file);
        if (content == null) {
            throw new IncusStemcellException("The job '" + name() + "' of " + release + " has no file '" + file
                    + "', which its spec names" + (file.equals("monit") ? ", as every job's does" : ""));
        }
        return new String(content, StandardCharsets.UTF_8);
    }

    private ObjectNode spec(JobInstance instance) {
        ObjectNode spec = instance.spec(name());
        spec.putObject("release").put("name", release.name()).put("version", "0+dev");
        spec.set("properties", effective());
        ObjectNode linked = spec.putObject("links");
        links.forEach((name, link) -> linked.set(name, link.json()));
        return spec;
    }

    @Override
    List<ReleasePackage> packages() {
        List<ReleasePackage> needed = new ArrayList<>();
        source.spec()
                .path("packages")
                .forEach(each -> needed.add(release.packageNamed(each.asText(), "the job '" + name() + "'")));
        return needed;
    }
}
