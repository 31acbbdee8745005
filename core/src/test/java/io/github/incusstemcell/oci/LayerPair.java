package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.TestTar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Two layers that a generator made up, in one folder: few names, so that links, folders, files, whiteouts and opaque marks
 * meet at the same names and below each other. The upper one names all folders that it has something in, but for {@code d} and for
 * {@code l}, which is a link to {@code d} in the lower layer: what is in these is reached through their parents of the lower layer.
 */
final class LayerPair {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int DEEPEST = 3;

    private final Random random;
    private final String root;
    private final List<Entry> lower = new ArrayList<>();
    private final List<Entry> upper = new ArrayList<>();
    private final List<String> files = new ArrayList<>();

    /** Some thing at a path. A hard link's target is a path, a file's is its content. */
    private record Entry(Kind kind, String path, String target, int mode) {

        Entry at(String otherPath) {
            return new Entry(kind, otherPath, target, mode);
        }

        String whiteout() {
            return path.substring(0, path.lastIndexOf('/') + 1) + ".wh." + path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private enum Kind {
        DIRECTORY,
        OPAQUE,
        FILE,
        SYMBOLIC_LINK,
        HARD_LINK,
        WHITEOUT
    }

    LayerPair(Random random, String root) {
        this.random = random;
        this.root = root;
        lower.add(new Entry(Kind.DIRECTORY, root, "", 0755));
        fill(lower, root, NAMES, 1);
        lower.add(new Entry(Kind.DIRECTORY, root + "/d", "", 0755));
        fill(lower, root + "/d", NAMES, 2);
        lower.add(new Entry(
                Kind.SYMBOLIC_LINK,
                root + "/l",
                pick(List.of("d", "/" + root + "/d", "./../x/../" + root + "/d")),
                0777));
        files.clear(); // An overlay's upper folder cannot have a link to a file of the lower one.
        fill(upper, root, NAMES, 1);
        fill(upper, root + "/l", List.of("a", "b"), 2);
        fill(upper, root + "/d", List.of("c"), 2);
    }

    private void fill(List<Entry> layer, String folder, List<String> names, int depth) {
        for (String name : names) {
            if (random.nextInt(3) > 0) {
                add(layer, folder + "/" + name, depth);
            }
        }
        if (layer == upper && depth > 1 && !folder.endsWith("/l") && !folder.endsWith("/d") && random.nextInt(4) == 0) {
            layer.add(new Entry(Kind.OPAQUE, folder, "", 0));
        }
    }

    private void add(List<Entry> layer, String path, int depth) {
        int kind = random.nextInt(layer == upper ? 10 : 7);
        if (kind < 3) {
            layer.add(new Entry(Kind.DIRECTORY, path, "", pick(List.of(0755, 0700, 01777))));
            if (depth < DEEPEST) {
                fill(layer, path, NAMES, depth + 1);
            }
        } else if (kind == 3) {
            files.add(path);
            layer.add(new Entry(
                    Kind.FILE, path, (layer == upper ? "upper " : "lower ") + path, pick(List.of(0644, 04755))));
        } else if (kind < 6) {
            layer.add(new Entry(Kind.SYMBOLIC_LINK, path, target(), 0777));
        } else if (kind == 6 && !files.isEmpty()) {
            layer.add(new Entry(Kind.HARD_LINK, path, pick(files), 0644));
        } else if (layer == upper) {
            layer.add(new Entry(Kind.WHITEOUT, path, "", 0));
            if (random.nextInt(4) == 0) {
                add(layer, path, depth); // Removed and made again by one layer.
            }
        }
    }

    private String target() {
        return pick(List.of(
                "a",
                "b",
                "c",
                "d",
                "../a",
                "../c",
                "a/b",
                "b/a",
                "/" + root + "/b",
                "/" + root + "/d/a",
                ".",
                "nowhere"));
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    void writeLower(TestTar tar) {
        lower.forEach(entry -> write(entry, tar));
    }

    /** Writes the upper layer, each folder before what is in it, as umoci needs it. */
    void writeUpper(TestTar tar) {
        upper.forEach(entry -> write(entry, tar));
    }

    /** Writes the upper layer in any order in which hard links come after what they link to. */
    void writeUpperShuffled(TestTar tar) {
        List<Entry> shuffled = new ArrayList<>(
                upper.stream().filter(e -> e.kind != Kind.HARD_LINK).toList());
        Collections.shuffle(shuffled, random);
        upper.stream().filter(e -> e.kind == Kind.HARD_LINK).forEach(shuffled::add);
        shuffled.forEach(entry -> write(entry, tar));
    }

    private static void write(Entry entry, TestTar tar) {
        switch (entry.kind) {
            case DIRECTORY -> tar.directory(entry.path + "/", entry.mode);
            case OPAQUE -> tar.whiteout(entry.path + "/.wh..wh..opq");
            case FILE -> tar.file(entry.path, entry.mode, entry.target);
            case SYMBOLIC_LINK -> tar.symbolicLink(entry.path, entry.target);
            case HARD_LINK -> tar.hardLink(entry.path, entry.target);
            case WHITEOUT -> tar.whiteout(entry.whiteout());
        }
    }

    /** Writes the upper layer as the folder that an overlay mount wants: whiteouts are devices, opaque folders have an attribute. */
    void writeUpperOfOverlay(TestTar tar) {
        Map<String, Entry> there = new TreeMap<>();
        List<String> opaque = new ArrayList<>();
        for (Entry entry : upper) {
            Entry real = entry.at(entry.path.replace(root + "/l/", root + "/d/"));
            if (entry.kind == Kind.OPAQUE || there.containsKey(real.path)) {
                opaque.add(real.path); // Removed before it was made again: nothing of the lower one shines through.
            }
            if (entry.kind != Kind.OPAQUE) {
                there.put(real.path, real);
            }
        }
        there.put(root, new Entry(Kind.DIRECTORY, root, "", 0755));
        there.put(root + "/d", new Entry(Kind.DIRECTORY, root + "/d", "", 0755));
        List<Entry> entries = new ArrayList<>(there.values());
        entries.stream().filter(e -> e.kind != Kind.HARD_LINK).forEach(entry -> writeOfOverlay(entry, opaque, tar));
        entries.stream()
                .filter(e -> e.kind == Kind.HARD_LINK)
                .forEach(entry -> tar.hardLink(entry.path, entry.target.replace(root + "/l/", root + "/d/")));
    }

    private static void writeOfOverlay(Entry entry, List<String> opaque, TestTar tar) {
        if (entry.kind == Kind.WHITEOUT) {
            tar.device('3', entry.path, 0, 0);
            return;
        }
        if (entry.kind == Kind.DIRECTORY && opaque.contains(entry.path)) {
            tar.pax("SCHILY.xattr.trusted.overlay.opaque", "y");
        }
        write(entry, tar);
    }

    @Override
    public String toString() {
        return "lower layer:\n" + text(lower) + "upper layer:\n" + text(upper);
    }

    private static String text(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        entries.forEach(e -> text.append("  ")
                .append(e.kind)
                .append(' ')
                .append(e.path)
                .append(' ')
                .append(e.target)
                .append('\n'));
        return text.toString();
    }
}
