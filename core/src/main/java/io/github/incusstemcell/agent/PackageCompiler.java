package io.github.incusstemcell.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Has the packages of some jobs compiled by an agent, each once per content and stemcell. */
final class PackageCompiler {

    private final Agent agent;
    private final String stemcell;
    private final Map<String, ReleasePackage> runtime = new LinkedHashMap<>();
    private final Map<String, Optional<byte[]>> known = new HashMap<>();
    private final Map<String, CompiledPackage> there = new LinkedHashMap<>();

    PackageCompiler(Agent agent, List<JobSpec> jobs) {
        this.agent = agent;
        this.stemcell = agent.stemcell();
        jobs.forEach(job -> job.packages().forEach(each -> runtime.put(each.name(), each)));
    }

    /** Before anything is compiled: what is known of it. */
    List<CompiledPackage> planned() {
        return runtime.values().stream()
                .map(each -> new CompiledPackage(
                        each.name(),
                        each.version(),
                        new Blob("", Blob.digest(known(each).orElse(each.content())))))
                .toList();
    }

    List<CompiledPackage> compile() {
        return runtime.values().stream().map(this::compiled).toList();
    }

    private CompiledPackage compiled(ReleasePackage wanted) {
        CompiledPackage uploaded = there.get(wanted.name());
        if (uploaded != null) {
            return uploaded;
        }
        Optional<byte[]> done = known(wanted);
        CompiledPackage compiled = done.isEmpty()
                ? compileNow(wanted)
                : new CompiledPackage(wanted.name(), wanted.version(), agent.putBlob(done.get()));
        there.put(wanted.name(), compiled);
        return compiled;
    }

    private CompiledPackage compileNow(ReleasePackage wanted) {
        List<CompiledPackage> needed = new ArrayList<>();
        wanted.closure().values().forEach(each -> needed.add(compiled(each)));
        CompiledPackage made =
                agent.compilePackage(wanted.name(), wanted.version(), agent.putBlob(wanted.content()), needed);
        agent.packages().keep(key(wanted), agent.getBlob(made.blob().id()));
        return made;
    }

    private Optional<byte[]> known(ReleasePackage wanted) {
        return known.computeIfAbsent(
                wanted.name(),
                name -> wanted.compiled()
                        ? Optional.of(wanted.content())
                        : agent.packages().find(key(wanted)));
    }

    /** What is compiled on one stemcell is not for another. */
    private String key(ReleasePackage wanted) {
        return "package-" + wanted.name() + "-"
                + Blob.digest((stemcell + " " + wanted.version()).getBytes(UTF_8))
                        .replace(':', '-');
    }
}
