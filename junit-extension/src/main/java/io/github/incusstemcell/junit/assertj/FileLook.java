package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file, and something that its stat does not say.
 *
 * @param more what else was read of it
 */
record FileLook<T>(FileStat stat, T more) {

    private static final int SHOWN = 20;

    /** Of the kernel, which is not the guest's. */
    private static final String COMMAND_LINE = "/proc/cmdline";

    /** A path at which is something of the guest. */
    static String path(String path) {
        requireOfGuest(plain(Arguments.path(path)).equals(COMMAND_LINE));
        return path;
    }

    /** A pattern of paths at which is something of the guest. */
    static Glob glob(String pattern) {
        Glob glob = new Glob(Arguments.glob(pattern));
        requireOfGuest(glob.matchesPath(COMMAND_LINE));
        return glob;
    }

    /** Without empty names, {@code .} and {@code ..}, as where no folder is a link. */
    private static String plain(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }

    private static void requireOfGuest(boolean isCommandLine) {
        if (isCommandLine) {
            throw new IllegalArgumentException(
                    COMMAND_LINE + " is the command line of the kernel of the machine on which the"
                            + " containers run, whatever the guest is like");
        }
    }

    String words() {
        return type(stat) + ", mode " + octal(stat.mode()) + ", owner " + stat.uid()
                + ":" + stat.gid() + ", " + stat.size() + " bytes"
                + stat.linkTarget().map(target -> ", to " + target).orElse("");
    }

    /** In a list of several. */
    String brief() {
        return stat.path() + " (" + type(stat) + " " + octal(stat.mode()) + " " + stat.uid() + ":" + stat.gid() + ")";
    }

    private static String type(FileStat file) {
        return file.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String octal(int mode) {
        return String.format(Locale.ROOT, "%04o", mode);
    }

    /** What is there instead: a link that leads nowhere, what is in the nearest folder that exists, or where one should be. */
    static String surroundings(GuestFiles files, String path) {
        Optional<String> link = files.find(path).flatMap(FileStat::linkTarget);
        if (link.isPresent()) {
            return "it leads nowhere, as a symlink to " + link.get();
        }
        String above = path;
        while (above.length() > 1) {
            above = above.substring(0, Math.max(1, above.lastIndexOf('/')));
            if (files.isDirectory(above)) {
                return "it does not exist; in " + above + ": " + names(files, above, path);
            }
            Optional<FileStat> other = files.find(above);
            if (other.isPresent()) {
                return "it does not exist; " + above + " is a " + notADirectory(other.get());
            }
        }
        return "it does not exist";
    }

    private static String notADirectory(FileStat file) {
        return file.linkTarget()
                .map(target -> "symlink to " + target + ", which is no directory")
                .orElseGet(() -> type(file) + ", not a directory");
    }

    private static String names(GuestFiles files, String folder, String path) {
        List<String> names =
                files.list(folder).stream().map(FileStat::name).sorted().toList();
        if (names.size() > SHOWN) {
            String below = path.substring(folder.length()).replaceFirst("^/", "");
            return names.size() + " names; the closest: " + NearMisses.text(below.replaceFirst("/.*", ""), names);
        }
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }
}
