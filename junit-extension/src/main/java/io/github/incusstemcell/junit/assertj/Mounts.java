package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mounts that PID 1 of a guest sees, the oldest first, as proc_pid_mountinfo(5) has them.
 *
 * @param mounts those to which a path leads
 * @param hidden those that are beneath others, at their own place or at a folder above it
 */
record Mounts(List<GuestMount> mounts, List<GuestMount> hidden) {

    static Mounts of(StemcellContainer stemcell) {
        return of(stemcell.name(), stemcell.files().readString("/proc/1/mountinfo"));
    }

    static Mounts of(String guest, String mountinfo) {
        // The kernel writes other ends of lines as they are, of which paths may have some.
        List<MountTree.Placed> all = FileContent.lines(mountinfo).stream()
                .map(line -> GuestLine.read("mounts in /proc/1/mountinfo on " + guest, line, Mounts::placed))
                .toList();
        if (all.isEmpty()) {
            throw AssertionErrors.of("Expecting mounts in /proc/1/mountinfo on " + guest + "\n  but it was empty");
        }
        MountTree tree = MountTree.of(all);
        return new Mounts(mounts(tree, all, false), mounts(tree, all, true));
    }

    private static List<GuestMount> mounts(MountTree tree, List<MountTree.Placed> all, boolean hidden) {
        return all.stream()
                .filter(placed -> hidden == tree.isHidden(placed))
                .map(MountTree.Placed::mount)
                .toList();
    }

    /** Fields: id, parent, device, root, path, options, any number of others up to "-", type, source, options of the file system. */
    private static MountTree.Placed placed(String line) {
        List<String> field = Arrays.asList(line.split(" "));
        return new MountTree.Placed(field.get(0), field.get(1), mount(field));
    }

    private static GuestMount mount(List<String> field) {
        int dash = 6 + field.subList(6, field.size()).indexOf("-");
        List<String> own = options(field.get(5));
        List<String> fileSystem = options(field.get(dash + 3));
        boolean readOnly = own.contains("ro") || fileSystem.contains("ro");
        Set<String> options = new LinkedHashSet<>(own);
        options.addAll(fileSystem);
        options.remove(readOnly ? "rw" : "ro");
        return new GuestMount(
                plain(field.get(4)),
                field.get(dash + 1),
                plain(field.get(dash + 2)),
                field.get(2),
                plain(field.get(3)),
                options,
                MountPropagation.of(field.subList(6, dash)),
                readOnly);
    }

    private static List<String> options(String field) {
        return Arrays.stream(field.split(",")).map(Mounts::plain).toList();
    }

    /** Spaces, tabs, line ends, number signs and backslashes are written as octal numbers. */
    private static String plain(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\043", "#")
                .replace("\\134", "\\");
    }

    /** The last that was mounted there. */
    Optional<GuestMount> at(String path) {
        return mounts.stream().filter(mount -> mount.path().equals(path)).reduce((first, last) -> last);
    }

    /** The same of a path that may lead over links, which the mounts have without them. */
    Optional<GuestMount> at(StemcellContainer stemcell, String path) {
        return at(path).or(() -> at(FileLinks.plainPath(stemcell, path)));
    }

    /** Whether a path shows what another one has: the same part of the same file system. */
    boolean isBind(GuestMount mount, String source) {
        GuestMount around = at(source).orElseGet(() -> at(around(source))
                .orElseThrow(() -> AssertionErrors.of(
                        "Expecting a mount of / in /proc/1/mountinfo, above " + source + "\n  but was: none")));
        String below = around.path().equals("/")
                ? source
                : source.substring(around.path().length());
        String root = around.root().equals("/") ? below : around.root() + below;
        return !mount.path().equals(source)
                && mount.device().equals(around.device())
                && mount.root().equals(root.isEmpty() ? "/" : root);
    }

    String notMounted(String path) {
        List<String> paths = mounts.stream().map(GuestMount::path).toList();
        boolean isHidden = hidden.stream().anyMatch(mount -> mount.path().equals(path));
        return "nothing is mounted there; the path is part of the mount " + around(path)
                + (isHidden ? ", which hides one that is mounted there beneath it" : "") + "; the closest: "
                + NearMisses.text(path, paths);
    }

    private String around(String path) {
        List<String> above = new ArrayList<>();
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            above.add(path.substring(0, slash));
        }
        return above.stream()
                .filter(folder -> at(folder).isPresent())
                .findFirst()
                .orElse("/");
    }
}
