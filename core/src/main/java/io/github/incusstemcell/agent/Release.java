package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A BOSH release: a folder in which one is developed, or the archive that {@code bosh create-release --tarball} writes. It is read by JRuby, which
 * the build has to bring along ({@code org.jruby:jruby-complete} 9.4). Thread-safe; what is in it is read when it is asked for.
 */
public final class Release {

    private final Path path;
    private final ReleaseSource source;
    private final Map<String, ReleasePackage> packages = new LinkedHashMap<>();

    private Release(Path path, ReleaseSource source) {
        this.path = path;
        this.source = source;
    }

    /**
     * Reads a release.
     *
     * @param path a folder with {@code jobs/} and {@code packages/}, or a {@code .tgz} with a {@code release.MF}
     * @return the release
     * @throws IncusStemcellException if it is neither, or there is no JRuby
     */
    public static Release of(Path path) {
        if (!Files.exists(path)) {
            throw new IncusStemcellException("There is no release at " + path.toAbsolutePath()
                    + ". Relative names start from the working directory");
        }
        Templates ruby = JRuby.templates();
        return new Release(
                path, Files.isDirectory(path) ? new ReleaseFolder(path, ruby) : new ReleaseArchive(path, ruby));
    }

    /** Has JRuby come up on a thread of its own, where there is one, so that nobody waits for it later. */
    public static void prepare() {
        JRuby.warmUp();
    }

    /** {@return the name of the release} */
    public String name() {
        return source.name();
    }

    /** {@return the names of its jobs} */
    public List<String> jobs() {
        return source.jobs();
    }

    /**
     * A job of the release, with the defaults of its properties.
     *
     * @param name the name of the job
     * @return the job
     * @throws IllegalArgumentException if there is none of that name
     */
    public ReleaseJob job(String name) {
        if (!source.jobs().contains(name)) {
            throw new IllegalArgumentException(
                    "There is no job '" + name + "' in " + this + ", which has: " + String.join(", ", source.jobs()));
        }
        return new ReleaseJob(this, source.job(name));
    }

    /** With those that it needs to be compiled. */
    synchronized ReleasePackage packageNamed(String name, String wantedBy) {
        ReleasePackage known = packages.get(name);
        if (known != null) {
            return known;
        }
        JsonNode described = source.packageNamed(name);
        if (described == null) {
            throw new IncusStemcellException(
                    "There is no package '" + name + "' in " + this + ", which " + wantedBy + " needs");
        }
        List<ReleasePackage> needed = source.dependencies(described).stream()
                .map(each -> packageNamed(each, "the package '" + name + "'"))
                .toList();
        ReleasePackage read = source.read(name, described, needed);
        packages.put(name, read);
        return read;
    }

    @Override
    public String toString() {
        return "the release " + path;
    }
}
