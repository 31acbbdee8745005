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
public final class Unpacked {

    private Unpacked() {}

    /** As umoci, an unpacker that shares nothing with ours, sees an image of a layout. */
    public static Path byUmoci(TestLayout layout, String name, Path folder) throws IOException {
        run("umoci", "unpack", "--image", layout.folder() + ":" + name, folder.toString());
        return folder.resolve("rootfs");
    }

    /** As Incus unpacks the rootfs tarball of an image. */
    public static Path byTar(InputStream tar, Path folder) throws IOException {
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

    /**
     * As the kernel shows two folders laid over each other, as a tar stream. The mounts are in a namespace of their own, so that they go
     * with the process; the folders are in memory, as not every disk can have whiteouts.
     *
     * @param upper what is to be in the upper folder, as overlay mounts have it
     */
    public static byte[] overlaid(byte[] lower, byte[] upper, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path lowerTar = Files.write(folder.resolveSibling(folder.getFileName() + "-lower.tar"), lower);
        Path upperTar = Files.write(folder.resolveSibling(folder.getFileName() + "-upper.tar"), upper);
        Path shown = folder.resolveSibling(folder.getFileName() + "-shown.tar");
        run(
                "unshare",
                "--mount",
                "sh",
                "-euc",
                "mount -t tmpfs -o mode=755 overlaid \"$1\"; cd \"$1\"; mkdir lower upper shown;"
                        + " tar -C lower -xpf \"$2\"; tar -C upper --xattrs --xattrs-include='*' -xpf \"$3\";"
                        + " mount -t overlay -o lowerdir=upper:lower overlaid shown; "
                        // In a folder that only one of them has, whiteouts are listed, but not there.
                        + " tar -C shown --warning=no-file-removed -cf \"$4\" . || [ $? = 1 ]",
                "sh",
                folder.toString(),
                lowerTar.toString(),
                upperTar.toString(),
                shown.toString());
        return Files.readAllBytes(shown);
    }

    /** One line for each file: all that a file has. Times of directories that no layer describes are nobody's promise. */
    public static List<String> describe(Path root) throws IOException {
        return describe(root, Unpacked::extendedAttributes);
    }

    /** The same for files that have no extended attributes: asking for these takes longer than all else. */
    public static List<String> describeWithoutAttributes(Path root) throws IOException {
        return describe(root, file -> null);
    }

    private interface Attributes {
        String of(Path file) throws IOException;
    }

    private static List<String> describe(Path root, Attributes attributes) throws IOException {
        Map<Object, String> firstNames = new HashMap<>();
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                lines.add(describe(root, file, firstNames, attributes));
            }
        }
        return lines;
    }

    private static String describe(Path root, Path file, Map<Object, String> firstNames, Attributes attributes)
            throws IOException {
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
                        attributes.of(file))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" "));
    }

    /** The same without the times of directories: umoci spoils some while it works on what is in them. */
    public static List<String> withoutDirectoryTimes(List<String> description) {
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

    public static String run(String... command) throws IOException {
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
