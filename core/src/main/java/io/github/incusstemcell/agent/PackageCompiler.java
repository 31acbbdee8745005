package io.github.incusstemcell.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Has the packages of some jobs compiled by an agent, each once per content in this JVM. */
final class PackageCompiler {

    /** By what they were made of and where. */
    private static final Map<String, byte[]> COMPILED = new ConcurrentHashMap<>();

    private final Agent agent;
    private final Map<String, ReleasePackage> runtime = new LinkedHashMap<>();
    private final Map<String, CompiledPackage> there = new LinkedHashMap<>();

    PackageCompiler(Agent agent, List<JobSpec> jobs) {
        this.agent = agent;
        jobs.forEach(job -> job.packages().forEach(each -> runtime.put(each.name(), each)));
    }

    /** Before anything is compiled: what is known of it. */
    List<CompiledPackage> planned() {
        return runtime.values().stream()
                .map(each -> new CompiledPackage(
                        each.name(),
                        each.version(),
                        new Blob("", Blob.digest(COMPILED.getOrDefault(key(each), each.content())))))
                .toList();
    }

    List<CompiledPackage> compile() {
        return runtime.values().stream().map(this::compiled).toList();
    }

    private CompiledPackage compiled(ReleasePackage wanted) {
        CompiledPackage known = there.get(wanted.name());
        if (known != null) {
            return known;
        }
        byte[] done = wanted.compiled() ? wanted.content() : COMPILED.get(key(wanted));
        CompiledPackage compiled = done == null
                ? compileNow(wanted)
                : new CompiledPackage(wanted.name(), wanted.version(), agent.putBlob(done));
        there.put(wanted.name(), compiled);
        return compiled;
    }

    private CompiledPackage compileNow(ReleasePackage wanted) {
        List<CompiledPackage> needed = new ArrayList<>();
        wanted.closure().values().forEach(each -> needed.add(compiled(each)));
        CompiledPackage made =
                agent.compilePackage(wanted.name(), wanted.version(), agent.putBlob(wanted.content()), needed);
        byte[] content = agent.getBlob(made.blob().id());
        COMPILED.put(key(wanted), content);
        return made;
    }

    /** What is compiled on one stemcell is not for another. */
    private String key(ReleasePackage wanted) {
        return agent.stemcell() + " " + wanted.name() + " " + wanted.version();
    }
}
