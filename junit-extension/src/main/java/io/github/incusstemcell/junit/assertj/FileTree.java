package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that is in a folder and below it, and that filters leave: by find(1), and file by file over SFTP where the guest does not run. Then
 * nothing is mounted in it.
 *
 * @param crosses whether what is mounted below it belongs to it
 */
record FileTree(StemcellContainer stemcell, String path, boolean crosses, List<TreeFilter> filters) {

    private static final int FIELDS = 3;
    private static final int PERMISSIONS = 9;

    /**
     * What was found.
     *
     * @param mode as ls(1) has it
     * @param owners the numbers of user and group, with a colon between them
     */
    record Found(String path, String mode, String owners) {

        static Found of(FileStat file) {
            char type =
                    switch (file.type()) {
                        case FILE -> '-';
                        case DIRECTORY -> 'd';
                        case SYMLINK -> 'l';
                        case FIFO -> 'p';
                        case SOCKET -> 's';
                        case CHARACTER_DEVICE -> 'c';
                        case BLOCK_DEVICE -> 'b';
                        case UNKNOWN -> '?';
                    };
            StringBuilder mode = new StringBuilder().append(type);
            for (int bit = 0; bit < PERMISSIONS; bit++) {
                mode.append((file.mode() >> PERMISSIONS - 1 - bit & 1) == 1 ? "rwx".charAt(bit % 3) : '-');
            }
            for (int bit = 0; bit < 3; bit++) {
                if ((file.mode() >> PERMISSIONS + 2 - bit & 1) == 1) {
                    int at = 3 * (bit + 1);
                    String letters = bit < 2 ? "sS" : "tT";
                    mode.setCharAt(at, letters.charAt(mode.charAt(at) == 'x' ? 0 : 1));
                }
            }
            return new Found(file.path(), mode.toString(), file.uid() + ":" + file.gid());
        }
    }

    FileTree acrossMounts() {
        return new FileTree(stemcell, path, true, filters);
    }

    FileTree with(TreeFilter... more) {
        return new FileTree(
                stemcell,
                path,
                crosses,
                Stream.concat(filters.stream(), Arrays.stream(more)).toList());
    }

    /** {@return it all, by path} */
    List<Found> find() {
        return sorted(StoppedGuest.orFiles(stemcell, () -> byFind(List.of()), () -> bySftp(true)));
    }

    /** {@return what is in the folder itself, by path} */
    List<Found> entries() {
        List<String> depth = List.of("-mindepth", "1", "-maxdepth", "1");
        return sorted(StoppedGuest.orFiles(stemcell, () -> byFind(depth), () -> bySftp(false)));
    }

    private static List<Found> sorted(List<Found> found) {
        return found.stream().sorted(Comparator.comparing(Found::path)).toList();
    }

    /** The command that finds it. */
    List<String> argv(List<String> more) {
        List<String> argv = new ArrayList<>(List.of("find", path, "-ignore_readdir_race"));
        if (!crosses) {
            argv.add("-xdev");
        }
        filters.forEach(filter -> argv.addAll(filter.argv()));
        argv.addAll(more);
        return argv;
    }

    private List<Found> byFind(List<String> depth) {
        List<String> argv = argv(depth);
        argv.addAll(List.of("-printf", "%p\\0%M\\0%U:%G\\0"));
        String[] fields = stemcell.inspect(Command.of(argv).environment("LC_ALL", "C.UTF-8"))
                .requireWhole()
                .stdout()
                .split("\0");
        List<Found> found = new ArrayList<>();
        for (int i = 0; i + 2 < fields.length; i += FIELDS) {
            found.add(new Found(fields[i], fields[i + 1], fields[i + 2]));
        }
        return found;
    }

    private List<Found> bySftp(boolean isDeep) {
        return files(isDeep).stream().map(Found::of).toList();
    }

    /**
     * Looks at each of them.
     *
     * @param isDeep whether at the folder itself, and at what is further below it, too
     */
    private List<FileStat> files(boolean isDeep) {
        GuestFiles files = stemcell.files();
        Accounts accounts = Accounts.of(stemcell);
        List<FileStat> found = new ArrayList<>();
        Deque<FileStat> next = new ArrayDeque<>(isDeep ? List.of(files.stat(path)) : files.list(path));
        while (!next.isEmpty()) {
            FileStat file = next.pop();
            if (filters.stream().allMatch(filter -> filter.holds().test(file, accounts))) {
                found.add(file);
            }
            if (isDeep && file.isDirectory()) {
                files.list(file.path()).forEach(next::push);
            }
        }
        return found;
    }

    /** {@return the paths of all regular files in which a pattern is found in a line} */
    List<String> grep(String regex) {
        return StoppedGuest.orFiles(stemcell, () -> byGrep(regex), () -> {
            Pattern pattern = Pattern.compile(regex, Pattern.UNIX_LINES);
            return files(true).stream()
                    .filter(FileStat::isFile)
                    .map(FileStat::path)
                    .filter(file -> FileContent.lines(stemcell.files().readString(file)).stream()
                            .anyMatch(pattern.asPredicate()))
                    .sorted()
                    .toList();
        });
    }

    /**
     * No pattern reaches over what is not UTF-8 where a text is read so: in files that have such a byte, each is a letter, unless the pattern
     * has letters that no byte is.
     */
    private static final String NOT_UTF_8 =
            "LC_ALL=C grep -qP -e \"$0\" /dev/null 2>/dev/null; [ $? -le 1 ] || exit 0; "
                    + "grep -laxvZ -e '.*' -- \"$@\" | LC_ALL=C xargs -0r grep -lPZ -e \"$0\" --";

    /** find(1) ends with 1 where a grep(1) has found nothing; what went wrong they say. */
    private List<String> byGrep(String regex) {
        List<String> argv = argv(List.of("-type", "f", "-exec", "grep", "-lPZ", "-e", regex, "--", "{}", "+"));
        argv.addAll(List.of("-exec", "sh", "-c", NOT_UTF_8, regex, "{}", "+"));
        Command command = Command.of(argv).environment("LC_ALL", "C.UTF-8");
        ExecResult result = stemcell.inspect(command);
        if (result.exitCode() > 1 || !result.stderr().isEmpty() || result.isTruncated()) {
            throw AssertionErrors.ofExit(
                    "Looking for " + regex + " in " + path + " on " + stemcell.name() + " by '" + command + "'",
                    result);
        }
        return Arrays.stream(result.stdout().split("\0"))
                .filter(file -> !file.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }
}
