package io.github.incusstemcell.agent;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A package of a release.
 *
 * @param name its name
 * @param content a gzipped tar: its sources, {@code packaging} among them, or what that has made of them
 * @param compiled whether it is the latter
 * @param dependencies the packages that it needs to be compiled
 * @param version what its content, and that of all that it needs, comes to
 */
record ReleasePackage(
        String name, byte[] content, boolean compiled, List<ReleasePackage> dependencies, String version) {

    static ReleasePackage source(String name, byte[] content, List<ReleasePackage> dependencies) {
        String needed = dependencies.stream()
                .map(each -> each.name() + " " + each.version())
                .sorted()
                .toList()
                .toString();
        String version = Blob.digest((Blob.digest(content) + needed).getBytes(StandardCharsets.UTF_8));
        return new ReleasePackage(name, content, false, dependencies, version.substring("sha256:".length()));
    }

    static ReleasePackage compiled(String name, byte[] content, List<ReleasePackage> dependencies) {
        return new ReleasePackage(
                name, content, true, dependencies, Blob.digest(content).substring("sha256:".length()));
    }

    /** What it needs, and what that needs, by name. */
    Map<String, ReleasePackage> closure() {
        Map<String, ReleasePackage> all = new LinkedHashMap<>();
        for (ReleasePackage each : dependencies) {
            all.putAll(each.closure());
            all.put(each.name(), each);
        }
        return all;
    }
}
