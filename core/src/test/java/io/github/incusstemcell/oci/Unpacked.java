package io.github.incusstemcell.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Root file systems on disk, made by other people's programs and described so that two can be compared. */
final class Unpacked {

    private Unpacked() {}

    /** As umoci, an unpacker that shares nothing with ours, sees an image of a layout. */
    static Path byUmoci(TestLayout layout, String name, Path folder) throws IOException {
        run("umoci", "unpack", "--image", layout.folder() + ":" + name, folder.toString());
        return folder.resolve("rootfs");
    }

    /** As Incus unpacks the rootfs tarball of an image. */
    static Path byTar(InputStream tar, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolveSibling(folder.getFileName() + ".tar");
        Files.copy(tar, file);
        run(
                "tar",
                "--restrict",
                "--force-local",
                "-C",
                folder.toString(),
                "--numeric-owner",
                "--xattrs-include=*",
                "-xpf",
                file.toString());
        return folder;
    }

    /** One line for each file: all that a file has. Times of directories that no layer describes are nobody's promise. */
    static List<String> describe(Path root) throws IOException {
        Map<Object, String> firstNames = new HashMap<>();
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                lines.add(describe(root, file, firstNames));
            }
        }
        return lines;
    }

    private static String describe(Path root, Path file, Map<Object, String> firstNames) throws IOException {
        Map<String, Object> unix = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        String name = root.relativize(file).toString();
        int mode = (Integer) unix.get("mode");
        String content = Files.isSymbolicLink(file)
                ? Files.readSymbolicLink(file).toString()
                : Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        ? Digest.sha256(Files.readAllBytes(file)).abbreviated()
                        : null;
        boolean directory = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        boolean device = (mode & 0xf000) == 0x2000 || (mode & 0xf000) == 0x6000;
        return Stream.of(
                        name,
                        Integer.toOctalString(mode),
                        unix.get("uid") + ":" + unix.get("gid"),
                        "links=" + unix.get("nlink"),
                        "same=" + firstNames.computeIfAbsent(unix.get("ino"), ino -> name),
                        "size=" + (directory ? "-" : unix.get("size")),
                        device ? "rdev=" + unix.get("rdev") : null,
                        time((FileTime) unix.get("lastModifiedTime")),
                        content,
                        extendedAttributes(file))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" "));
    }

    /** The same without the times of directories: umoci spoils some while it works on what is in them. */
    static List<String> withoutDirectoryTimes(List<String> description) {
        return description.stream()
                .map(line -> line.replaceFirst("( size=-) \\S+", "$1"))
                .toList();
    }

    private static String time(FileTime time) {
        Instant instant = time.toInstant();
        boolean now = instant.isAfter(Instant.now().minus(Duration.ofDays(1)));
        return now || instant.equals(Instant.EPOCH) ? "undescribed" : instant.toString();
    }

    private static String extendedAttributes(Path file) throws IOException {
        String dump = run("getfattr", "-d", "-m", "-", "-h", "-e", "hex", "--absolute-names", file.toString());
        return dump.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .sorted()
                .toList()
                .toString();
    }

    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(Arrays.toString(command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return output;
    }
}
