package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder in which a release is developed: {@code jobs}, {@code packages}, {@code src} and {@code blobs}. */
final class ReleaseFolder implements ReleaseSource {

    private final Path root;
    private final Templates ruby;
    private final List<String> jobs;
    private final FinalBuilds builds;

    ReleaseFolder(Path root, Templates ruby) {
        this.root = root;
        this.ruby = ruby;
        this.builds = new FinalBuilds(root, this::yaml);
        if (!Files.isDirectory(root.resolve("jobs"))) {
            throw new IncusStemcellException(
                    "The folder " + root.toAbsolutePath()
                            + " is no release: it has no folder 'jobs'. Name the folder in which bosh create-release would run");
        }
        try (Stream<Path> folders = Files.list(root.resolve("jobs"))) {
            jobs = folders.filter(folder -> Files.isRegularFile(folder.resolve("spec")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unreadable(root.resolve("jobs"), e);
        }
    }

    @Override
    public String name() {
        for (String file : new String[] {"config/final.yml", "config/dev.yml"}) {
            if (Files.isRegularFile(root.resolve(file))) {
                JsonNode config = yaml(root.resolve(file));
                String name =
                        config.path("name").asText(config.path("final_name").asText());
                if (!name.isEmpty()) {
                    return name;
                }
            }
        }
        return root.toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public List<String> jobs() {
        return jobs;
    }

    @Override
    public Job job(String name) {
        Path folder = root.resolve("jobs").resolve(name);
        Map<String, byte[]> files = new TreeMap<>();
        matching(folder, List.of("monit", "templates/**/*")).forEach((path, file) -> files.put(path, bytes(file)));
        return new Job(name, yaml(folder.resolve("spec")), files);
    }

    @Override
    public @Nullable JsonNode packageNamed(String name) {
        Path spec = root.resolve("packages").resolve(name).resolve("spec");
        Path lock = spec.resolveSibling("spec.lock");
        if (Files.isRegularFile(lock)) {
            return yaml(lock);
        }
        return Files.isRegularFile(spec) ? yaml(spec) : null;
    }

    @Override
    public ReleasePackage read(String name, JsonNode described, List<ReleasePackage> dependencies) {
        if (described.has("fingerprint")) {
            byte[] archive = builds.archive(name, described.path("fingerprint").asText());
            return ReleasePackage.source(name, archive, dependencies);
        }
        Path scripts = root.resolve("packages").resolve(name);
        if (Files.exists(scripts.resolve("pre_packaging"))) {
            throw new IncusStemcellException("The package '" + name + "' of " + root
                    + " has a script pre_packaging, which only bosh create-release runs. Take the archive that it writes with"
                    + " --tarball");
        }
        Map<String, Path> found = new TreeMap<>();
        described.path("files").forEach(pattern -> found.putAll(sources(name, pattern.asText())));
        List<String> excluded = new ArrayList<>();
        described.path("excluded_files").forEach(pattern -> excluded.add(pattern.asText()));
        found.keySet().removeIf(path -> excluded.stream()
                .anyMatch(pattern -> regex(pattern).matcher(path).matches()));
        Path packaging = scripts.resolve("packaging");
        if (!Files.isRegularFile(packaging)) {
            throw new IncusStemcellException("The package '" + name + "' of " + root + " has no script " + packaging);
        }
        found.put("packaging", packaging);
        Map<String, TarGzip.Entry> files = new TreeMap<>();
        found.forEach((path, file) -> files.put(path, entry(file)));
        return ReleasePackage.source(name, TarGzip.of(files), dependencies);
    }

    /** A link stays one, as in what bosh packs. */
    private static TarGzip.Entry entry(Path file) {
        try {
            return Files.isSymbolicLink(file)
                    ? TarGzip.Entry.link(Files.readSymbolicLink(file).toString())
                    : new TarGzip.Entry(bytes(file), Files.isExecutable(file) ? 0755 : 0644);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Of {@code blobs} and of {@code src}, which comes first where both have a file. */
    private Map<String, Path> sources(String name, String pattern) {
        Map<String, Path> found = matching(root.resolve("blobs"), List.of(pattern));
        found.putAll(matching(root.resolve("src"), List.of(pattern)));
        if (found.isEmpty()) {
            throw new IncusStemcellException(
                    "No file matches '" + pattern + "' of the package '" + name + "', neither in "
                            + root.resolve("src") + " nor in " + root.resolve("blobs")
                            + ". Where it is a blob, fetch it with bosh sync-blobs");
        }
        return found;
    }

    private static Map<String, Path> matching(Path folder, List<String> patterns) {
        Map<String, Path> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        List<Pattern> wanted = patterns.stream().map(ReleaseFolder::regex).toList();
        try (Stream<Path> walk = Files.walk(folder.toRealPath())) {
            Path top = folder.toRealPath();
            walk.filter(file -> Files.isSymbolicLink(file) || Files.isRegularFile(file))
                    .forEach(file -> {
                        String path = top.relativize(file).toString().replace('\\', '/');
                        if (wanted.stream()
                                .anyMatch(pattern -> pattern.matcher(path).matches())) {
                            found.put(path, file);
                        }
                    });
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        return found;
    }

    /** As bosh's: {@code **} stands for folders, none among them. */
    private static Pattern regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '{') {
                regex.append("(?:");
            } else if (c == '}') {
                regex.append(')');
            } else if (c == ',') {
                regex.append('|');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }

    private JsonNode yaml(Path file) {
        return ruby.yaml(file.toString(), new String(bytes(file), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static IncusStemcellException unreadable(Path path, IOException e) {
        return new IncusStemcellException("Of the release, " + path + " cannot be read: " + e, e);
    }
}
