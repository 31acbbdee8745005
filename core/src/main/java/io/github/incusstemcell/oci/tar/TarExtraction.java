package io.github.incusstemcell.oci.tar;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what GNU tar, which Incus unpacks with, would refuse or lose of a tar stream, while it passes by. Only names are kept in memory.
 *
 * <p>Tar never leaves its folder: it refuses names with {@code ..}, and makes symbolic links that are absolute or have {@code ..} in
 * their targets only at its end, with empty files in their places until then.
 */
public final class TarExtraction {

    /** As Linux has them (limits.h). */
    private static final int LONGEST_COMPONENT = 255;

    private static final int LONGEST_PATH = 4095;

    /** As many links as Linux follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

    private static final String DIRECTORY = "a directory";
    private static final String FILLED_DIRECTORY = "a directory with something in it";
    private static final String FILE = "a file";
    private static final String LINK_MADE_LAST = "a symbolic link that tar makes last, as it may lead out of the root";
    /** Before the target of a link that is made at once. */
    private static final String LINK = "-> ";

    /** Says what cannot be unpacked. */
    public static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }

    /** What there is at each path; an absolute path has no slash before it here, and the root is empty. */
    private final Map<String, String> found = new HashMap<>(Map.of("", DIRECTORY));

    /**
     * Reads a tar stream up to the end of its archive. What does not even begin like one is not judged here.
     *
     * @param names is told the name of each entry
     * @throws RefusedException where tar would refuse an entry
     * @throws TarReader.MalformedTarException where it goes on as no tar stream does, or ends too early
     */
    public static void check(InputStream tar, Consumer<String> names) throws IOException {
        BufferedInputStream stream = new BufferedInputStream(tar);
        stream.mark(Tar.BLOCK);
        byte[] first = stream.readNBytes(Tar.BLOCK);
        if (first.length < Tar.BLOCK || !Tar.isZero(first) && !Tar.hasRightChecksum(first)) {
            return; // No tar at all, which Incus says of it, too, and not in the words of a tar.
        }
        stream.reset();
        TarExtraction extraction = new TarExtraction();
        TarReader reader = TarReader.passing(stream);
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            names.accept(entry.name());
            extraction.add(entry);
        }
    }

    void add(TarEntry entry) throws RefusedException {
        requireName(entry);
        List<String> path = Tar.components(entry.name());
        // From before there were types, but still heeded.
        boolean directory =
                entry.isDirectory() || entry.isFile() && entry.name().endsWith("/");
        if (path.isEmpty()) {
            if (!directory) {
                throw refused(entry, "takes the place of the root, which can only be a directory");
            }
            return;
        }
        String folder = folder(entry, path.subList(0, path.size() - 1));
        String file = below(folder, path.get(path.size() - 1));
        String there = found.get(file);
        boolean isItself = there != null && entry.isHardLink() && file.equals(target(entry));
        if (there != null && there.startsWith(LINK) && !isItself) {
            // Tar removes it first, and the way to what takes its place may have led through it.
            found.remove(file);
            folder = folder(entry, path.subList(0, path.size() - 1));
            file = below(folder, path.get(path.size() - 1));
        }
        if (directory) {
            requireNoLinkMadeLast(entry, there);
            if (!DIRECTORY.equals(there) && !FILLED_DIRECTORY.equals(there)) {
                found.put(file, DIRECTORY);
            }
        } else {
            if (isItself) {
                return; // A link to itself, which tar leaves alone whatever it is.
            }
            requireNoLinkMadeLast(entry, there);
            if (FILLED_DIRECTORY.equals(there)) {
                throw refused(entry, "takes the place of " + there);
            }
            found.put(file, kind(entry));
        }
        found.put(folder, FILLED_DIRECTORY);
    }

    /** Tar knows the file in the place of such a link by its inode, which what replaces the file may be given, and lose to the link. */
    private static void requireNoLinkMadeLast(TarEntry entry, @Nullable String there) throws RefusedException {
        if (LINK_MADE_LAST.equals(there)) {
            throw refused(entry, "takes the place of " + there);
        }
    }

    private static void requireName(TarEntry entry) throws RefusedException {
        List<String> parts = Arrays.asList(entry.name().split("/"));
        if (parts.contains("..")) {
            throw refused(entry, "has '..' in its name");
        }
        if (entry.name().length() > LONGEST_PATH
                || parts.stream().anyMatch(part -> part.length() > LONGEST_COMPONENT)) {
            throw refused(entry, "has a longer name than Linux allows");
        }
    }

    /** {@return where the directory is that an entry is in; made where it is missing} */
    private String folder(TarEntry entry, List<String> path) throws RefusedException {
        String folder = "";
        for (String name : path) {
            String next = below(folder, name);
            if (!found.containsKey(next)) {
                found.put(next, DIRECTORY);
                found.put(folder, FILLED_DIRECTORY);
            }
            String real = followed(next);
            if (real == null || !isDirectory(real)) {
                throw refused(
                        entry, "is below " + Tar.legible(next) + ", which is " + what(found.get(next)) + " by then");
            }
            folder = real;
        }
        return folder;
    }

    private boolean isDirectory(String path) {
        return DIRECTORY.equals(found.get(path)) || FILLED_DIRECTORY.equals(found.get(path));
    }

    private static String what(String what) {
        return what.startsWith(LINK) ? "a symbolic link to no directory" : what;
    }

    /** {@return what a path leads to through symbolic links at its end and on the way, or null where to nothing} */
    private @Nullable String followed(String path) {
        Deque<String> rest = new ArrayDeque<>(List.of(path.split("/")));
        String at = "";
        int links = 0;
        while (!rest.isEmpty()) {
            String next = below(at, rest.pop());
            String what = found.get(next);
            if (what == null || !rest.isEmpty() && (what.equals(FILE) || what.equals(LINK_MADE_LAST))) {
                return null;
            }
            if (what.startsWith(LINK)) {
                if (++links > MOST_LINKS) {
                    return null;
                }
                List<String> target = Tar.components(what.substring(LINK.length()));
                for (int i = target.size() - 1; i >= 0; i--) {
                    rest.push(target.get(i));
                }
            } else {
                at = next;
            }
        }
        return at;
    }

    private static String below(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    private String kind(TarEntry entry) throws RefusedException {
        if (entry.isHardLink()) {
            return linked(entry);
        }
        if (!entry.isSymbolicLink()) {
            return FILE;
        }
        String target = entry.linkName();
        if (target.isEmpty() || target.length() > LONGEST_PATH) {
            throw refused(
                    entry, "is a symbolic link to " + (target.isEmpty() ? "nothing" : "a name too long for Linux"));
        }
        boolean last = target.startsWith("/") || List.of(target.split("/")).contains("..");
        return last ? LINK_MADE_LAST : LINK + target;
    }

    private String linked(TarEntry entry) throws RefusedException {
        String path = target(entry);
        String target = path == null ? null : found.get(path);
        if (target == null || target.equals(DIRECTORY) || target.equals(FILLED_DIRECTORY)) {
            throw refused(
                    entry,
                    "is a hard link to " + Tar.legible(entry.linkName()) + ", which is "
                            + (target == null ? "not there by then" : "a directory"));
        }
        return target;
    }

    /** {@return what path a hard link means, of which tar takes what is behind the last {@code ..}, or null where it is below nothing} */
    private @Nullable String target(TarEntry entry) {
        List<String> parts = Arrays.asList(entry.linkName().split("/"));
        List<String> path = Tar.components(String.join("/", parts.subList(parts.lastIndexOf("..") + 1, parts.size())));
        if (path.isEmpty()) {
            return "";
        }
        String folder = followed("", path.subList(0, path.size() - 1));
        return folder != null && isDirectory(folder) ? below(folder, path.get(path.size() - 1)) : null;
    }

    private @Nullable String followed(String folder, List<String> path) {
        return path.isEmpty() ? folder : followed(String.join("/", path));
    }

    private static RefusedException refused(TarEntry entry, String why) {
        return new RefusedException(Tar.legible(entry.name()) + " " + why);
    }
}
