package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Assertions on all that is in a folder and below it, the folder included, as far as its own file system goes: not on what is mounted
 * below it. {@link #satisfies} is given the paths of all that is there, by letter.
 */
public final class TreeAssert extends GuestAssert<TreeAssert, List<String>> {

    private static final int SHOWN = 20;

    private final String path;

    TreeAssert(Subject subject, String path) {
        super(subject);
        this.path = path;
    }

    private record Found(String path, String words) {}

    private List<Found> find(String... tests) {
        List<String> argv = new ArrayList<>(List.of("find", path, "-ignore_readdir_race", "-xdev"));
        argv.addAll(List.of(tests));
        argv.addAll(List.of("-printf", "%p\\0%M %u:%g %p\\0"));
        String[] fields = subject.stemcell()
                .exec(Command.of(argv).environment("LC_ALL", "C.UTF-8"))
                .requireWhole()
                .stdout()
                .split("\0");
        List<Found> found = new ArrayList<>();
        for (int i = 0; i + 1 < fields.length; i += 2) {
            found.add(new Found(fields[i], fields[i + 1]));
        }
        return found.stream()
                .sorted(java.util.Comparator.comparing(Found::path))
                .toList();
    }

    @Override
    TreeAssert that(String wanted, Predicate<List<String>> holds) {
        return are(wanted, found -> holds.test(found.stream().map(Found::path).toList()));
    }

    private TreeAssert are(String wanted, Predicate<List<Found>> holds, String... tests) {
        Observation<List<Found>> seen =
                new Observation<>(subject.timing(), holds, TreeAssert::words).polling(() -> find(tests));
        if (!seen.holds()) {
            subject.fail("the tree " + path, wanted, seen, "there were: " + words(seen.last()));
        }
        return this;
    }

    private static String words(List<Found> found) {
        String first = found.stream().limit(SHOWN).map(Found::words).collect(Collectors.joining("; "));
        return found.isEmpty()
                ? "none"
                : first + (found.size() > SHOWN ? "; and " + (found.size() - SHOWN) + " more" : "");
    }

    private TreeAssert none(String wanted, String[] except, String... tests) {
        List<String> excepted = Arguments.anyTexts(except, one -> Arguments.exception(path, one));
        return are(
                wanted + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                found -> found.stream().allMatch(file -> isExcepted(file.path(), excepted)),
                tests);
    }

    private static boolean isExcepted(String file, List<String> except) {
        return except.stream().anyMatch(path -> file.equals(path) || file.startsWith(path + "/"));
    }

    /**
     * Checks that there is no file and no folder that everybody may write to. Links, sockets and devices do not count, nor do folders
     * with the sticky bit, such as /tmp.
     *
     * @param except absolute paths that may be so, and what is below them; not null
     * @return this
     */
    public TreeAssert hasNoWorldWritableFiles(String... except) {
        return none(
                "have no files that everybody may write to",
                except,
                "-perm",
                "-0002",
                "(",
                "-type",
                "f",
                "-o",
                "-type",
                "d",
                "!",
                "-perm",
                "-1000",
                ")");
    }

    /**
     * Checks that everything belongs to a user.
     *
     * @param user the name of the user, who has to exist; not null
     * @param except absolute paths that may belong to others, and what is below them; not null
     * @return this
     */
    public TreeAssert hasOnlyFilesOwnedBy(String user, String... except) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return none("have only files owned by the user " + user, except, "!", "-user", user);
    }

    /**
     * Checks that everything belongs to users and groups that exist.
     *
     * @param except absolute paths that may belong to nobody, and what is below them; not null
     * @return this
     */
    public TreeAssert hasNoUnownedFiles(String... except) {
        return none("have no files of unknown users or groups", except, "(", "-nouser", "-o", "-nogroup", ")");
    }

    /**
     * Checks which files give whoever runs them the rights of their owner.
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this
     */
    public TreeAssert hasExactlySetuidFiles(String... paths) {
        return exactly("setuid", "-4000", paths);
    }

    /**
     * Checks which files give whoever runs them the rights of their group; folders do not count.
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this
     */
    public TreeAssert hasExactlySetgidFiles(String... paths) {
        return exactly("setgid", "-2000", paths);
    }

    private TreeAssert exactly(String bit, String mode, String... paths) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(paths, Arguments::plainPath)));
        return are(
                wanted.isEmpty()
                        ? "have no " + bit + " files"
                        : "have exactly the " + bit + " files " + String.join(" ", wanted),
                found -> found.stream().map(Found::path).toList().equals(wanted),
                "-type",
                "f",
                "-perm",
                mode);
    }
}
