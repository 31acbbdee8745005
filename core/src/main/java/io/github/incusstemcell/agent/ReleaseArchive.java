package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** The archive of a release: {@code release.MF}, and an archive for each job and each package. */
final class ReleaseArchive implements ReleaseSource {

    private final Path archive;
    private final Templates ruby;
    private final JsonNode manifest;

    ReleaseArchive(Path archive, Templates ruby) {
        this.archive = archive;
        this.ruby = ruby;
        this.manifest = ruby.yaml("release.MF of " + archive, text(entry("release.MF")));
    }

    @Override
    public String name() {
        return manifest.path("name").asText();
    }

    @Override
    public List<String> jobs() {
        List<String> names = new ArrayList<>();
        manifest.path("jobs").forEach(job -> names.add(job.path("name").asText()));
        return names;
    }

    @Override
    public Job job(String name) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            TarGzip.files(entry("jobs/" + name + ".tgz")).forEach((path, file) -> files.put(path, file.content()));
        } catch (IOException e) {
            throw unreadable("the job '" + name + "'", e);
        }
        byte[] spec = files.remove("job.MF");
        if (spec == null) {
            throw new IncusStemcellException("The job '" + name + "' of " + archive + " has no job.MF");
        }
        return new Job(name, ruby.yaml("job.MF of " + name, text(spec)), files);
    }

    @Override
    public @Nullable JsonNode packageNamed(String name) {
        for (String kind : new String[] {"packages", "compiled_packages"}) {
            for (JsonNode described : manifest.path(kind)) {
                if (described.path("name").asText().equals(name)) {
                    return described;
                }
            }
        }
        return null;
    }

    @Override
    public ReleasePackage read(String name, JsonNode described, List<ReleasePackage> dependencies) {
        // Only compiled ones are for a stemcell.
        return described.has("stemcell")
                ? ReleasePackage.compiled(name, entry("compiled_packages/" + name + ".tgz"), dependencies)
                : ReleasePackage.source(name, entry("packages/" + name + ".tgz"), dependencies);
    }

    /** The archive may be large, and hardly any of it is needed. */
    private byte[] entry(String wanted) {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().equals(wanted) || entry.getName().equals("./" + wanted)) {
                    return tar.readAllBytes();
                }
            }
        } catch (IOException e) {
            throw unreadable(wanted, e);
        }
        throw new IncusStemcellException("There is no " + wanted + " in " + archive.toAbsolutePath()
                + ", so it is no release, or not all of one. Take what bosh create-release --tarball writes");
    }

    private IncusStemcellException unreadable(String what, IOException e) {
        return new IncusStemcellException(
                "In the archive " + archive.toAbsolutePath() + " of a release, " + what + " cannot be read: "
                        + e.getMessage(),
                e);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
