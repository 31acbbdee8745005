package io.github.incusstemcell.agent;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of rendered templates. */
final class FolderJob extends JobSpec {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    private final Path folder;

    FolderJob(String name, Path folder) {
        super(name);
        this.folder = folder;
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name for a job; write for example web-1");
        }
        if (!Files.isRegularFile(folder.resolve("monit"))) {
            throw new IllegalArgumentException(
                    "There is no file 'monit' in the folder " + folder.toAbsolutePath()
                            + ", so it has no rendered templates of a job. The file may be empty, where monit is to watch nothing");
        }
    }

    @Override
    Map<String, byte[]> files(JobInstance instance) {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new IncusStemcellException("The job " + this + " cannot be read from " + folder + ": " + e, e);
        }
        return files;
    }

    @Override
    List<ReleasePackage> packages() {
        return List.of();
    }
}
