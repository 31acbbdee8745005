package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.junit.assertj.FileTree.Found;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all that is in a folder and below it, the folder included, as far as its own file system goes: not on what is mounted
 * below it. {@link #satisfies} is given the paths of all that is there, by letter. Also of a guest that was not started, which takes longer
 * then.
 *
 * <p>The files of the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}, {@code paths()}) are among them.
 */
public final class TreeAssert extends GuestAssert<TreeAssert, List<String>> {

    private static final int SHOWN = 20;

    private final FileTree tree;
    private final String which;

    TreeAssert(Subject subject, String path) {
        this(subject, new FileTree(subject.stemcell(), path, false, List.of()), path);
    }

    /**
     * Assertions on a tree.
     *
     * @param which how messages name it
     */
    private TreeAssert(Subject subject, FileTree tree, String which) {
        super(subject);
        this.tree = tree;
        this.which = which;
    }

    private TreeAssert filtered(String more, TreeFilter filter) {
        return new TreeAssert(subject, tree.with(filter), which + more);
    }

    /** {@return assertions on what is mounted below it as well} */
    public TreeAssert acrossMounts() {
        return new TreeAssert(subject, tree.acrossMounts(), which + " across mounts");
    }

    /**
     * Goes on with what has a name of a pattern.
     *
     * @param pattern the pattern of names, as {@code *.rhosts}, in which {@code *} stands for points at the beginning, too
     * @return assertions on that
     */
    public TreeAssert named(String pattern) {
        Arguments.namePattern(pattern);
        return filtered(" named " + pattern, TreeFilter.named(pattern));
    }

    /**
     * Goes on with what is of one type.
     *
     * @param type a file, a directory or a symlink
     * @return assertions on that
     */
    public TreeAssert ofType(FileType type) {
        if (!TreeFilter.LETTERS.containsKey(Objects.requireNonNull(type, "type"))) {
            throw new IllegalArgumentException("Not a type to look for in trees: " + type + "; ask for "
                    + TreeFilter.LETTERS.keySet().stream().sorted().toList());
        }
        return filtered(" of type " + type.name().toLowerCase(Locale.ROOT), TreeFilter.ofType(type));
    }

    /**
     * Goes on with what somebody may do something to; symbolic links are none of it, since their modes mean nothing.
     *
     * @param mode bits of which one at least is set, as {@code 0022}: what group or others may write to; not 0
     * @return assertions on that
     */
    public TreeAssert withAnyOfMode(int mode) {
        Arguments.bits(mode);
        return filtered(" with any of mode " + FileLook.octal(mode), TreeFilter.withAnyOfMode(mode));
    }

    /**
     * Goes on with what belongs to a user.
     *
     * @param user the name of the user, who has to exist, or nothing can be found
     * @return assertions on that
     */
    public TreeAssert ownedBy(String user) {
        Arguments.user(user);
        return filtered(" owned by " + user, TreeFilter.ownedBy(user));
    }

    /**
     * Goes on with what does not belong to a user.
     *
     * @param user the name of the user, who has to exist
     * @return assertions on that
     */
    public TreeAssert notOwnedBy(String user) {
        Arguments.user(user);
        return filtered(" not owned by " + user, TreeFilter.notOwnedBy(user));
    }

    @Override
    TreeAssert that(String wanted, Predicate<List<String>> holds) {
        return are(wanted, found -> holds.test(found.stream().map(Found::path).toList()));
    }

    private TreeAssert are(String wanted, Predicate<List<Found>> holds) {
        return are(wanted, tree::find, holds);
    }

    private TreeAssert are(String wanted, Supplier<List<Found>> reading, Predicate<List<Found>> holds) {
        Observation<List<Found>> seen = new Observation<>(subject.timing(), holds, this::words).polling(reading);
        subject.verify("the tree " + which, wanted, seen, found -> "there were: " + words(found));
        return this;
    }

    /**
     * Verifies that there is nothing, which is true of filtered trees only.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc").tree().named("*.rhosts").isEmpty(); // passes
     * assertThat(stemcell).file("/etc").tree().named("*.conf").isEmpty(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public TreeAssert isEmpty() {
        return are("be empty", List::isEmpty);
    }

    /**
     * Verifies that there is something.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc").tree().named("*.conf").isNotEmpty(); // passes
     * assertThat(stemcell).file("/etc").tree().named("*.rhosts").isNotEmpty(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public TreeAssert isNotEmpty() {
        return are("not be empty", found -> !found.isEmpty());
    }

    /**
     * Verifies that these paths are there, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/ssh").tree().named("sshd_config").hasOnlyPaths("/etc/ssh/sshd_config"); // passes
     * assertThat(stemcell).file("/etc/ssh").tree().hasOnlyPaths("/etc/ssh/sshd_config"); // fails
     * }</pre>
     *
     * @param paths the absolute paths of all of it, in any order, that of the folder included where no filter leaves it out; none: there is
     *     nothing
     * @return this assertion object
     */
    public TreeAssert hasOnlyPaths(String... paths) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(paths, Arguments::plainPath)));
        return are(
                wanted.isEmpty() ? "be empty" : "have only the paths " + String.join(" ", wanted),
                found -> found.stream().map(Found::path).toList().equals(wanted));
    }

    /**
     * Verifies that these names are in the folder itself, and no others; what is below that does not count.
     *
     * <pre>{@code
     * stemcell.exec("mkdir", "-p", "/srv/www/html", "/srv/www/cgi-bin");
     * assertThat(stemcell).file("/srv/www").tree().hasOnlyEntries("html", "cgi-bin"); // passes
     * assertThat(stemcell).file("/srv/www").tree().hasOnlyEntries("html"); // fails
     * }</pre>
     *
     * @param names the names of all of it, in any order; none: there is nothing
     * @return this assertion object
     */
    public TreeAssert hasOnlyEntries(String... names) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(names, Arguments::fileName)));
        return are(
                wanted.isEmpty() ? "have no entries" : "have only the entries " + String.join(" ", wanted),
                tree::entries,
                found ->
                        found.stream().map(Found::path).map(this::name).toList().equals(wanted));
    }

    private String name(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /**
     * Verifies that a pattern is found in no regular file.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/ssh").tree().hasNoFileMatching("^PermitRootLogin yes"); // passes
     * assertThat(stemcell).file("/etc/ssh").tree().hasNoFileMatching("^PermitRootLogin"); // fails
     * }</pre>
     *
     * @param regex the pattern, as {@code grep -P} has it, of one line; of a file that is not UTF-8 each byte is a letter
     * @return this assertion object
     */
    public TreeAssert hasNoFileMatching(String regex) {
        Arguments.regex(regex, 0);
        return matching("have no file with a match for " + regex, regex, List::isEmpty);
    }

    /**
     * Verifies that a pattern is found in a regular file at least.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/ssh").tree().hasFileMatching("^PermitRootLogin no"); // passes
     * assertThat(stemcell).file("/etc/ssh").tree().hasFileMatching("^PermitRootLogin yes"); // fails
     * }</pre>
     *
     * @param regex the pattern, as {@code grep -P} has it, of one line; of a file that is not UTF-8 each byte is a letter
     * @return this assertion object
     */
    public TreeAssert hasFileMatching(String regex) {
        Arguments.regex(regex, 0);
        return matching("have a file with a match for " + regex, regex, found -> !found.isEmpty());
    }

    private TreeAssert matching(String wanted, String regex, Predicate<List<String>> holds) {
        Observation<List<String>> seen = new Observation<>(
                        subject.timing(), holds, found -> words(found, Function.identity()))
                .polling(() -> tree.grep(regex));
        subject.verify(
                "the tree " + which,
                wanted,
                seen,
                found -> "there were: "
                        + (found.isEmpty()
                                ? "none"
                                : found.stream().limit(SHOWN).collect(Collectors.joining(" "))));
        return this;
    }

    /**
     * Goes on with the paths of all that is there in plain AssertJ.
     *
     * @return assertions on the list, by letter
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> paths() {
        return subject.list(
                () -> Optional.of(tree.find()),
                found -> found.stream().map(Found::path).toList(),
                "paths of the tree " + which + " on " + subject.name());
    }

    /** As find(1) would print them, which would ask the name services for each file. */
    private String words(List<Found> found) {
        OwnerNames names = OwnerNames.of(
                subject.stemcell(),
                found.stream().limit(SHOWN).map(Found::owners).toList());
        return words(found, file -> file.mode() + " " + names.of(file.owners()) + " " + file.path());
    }

    private static <T> String words(List<T> found, Function<T, String> one) {
        String first = found.stream().limit(SHOWN).map(one).collect(Collectors.joining("; "));
        return found.isEmpty()
                ? "none"
                : first + (found.size() > SHOWN ? "; and " + (found.size() - SHOWN) + " more" : "");
    }

    private TreeAssert none(String wanted, String[] except, TreeFilter filter) {
        List<String> excepted = Arguments.anyTexts(except, one -> Arguments.exception(tree.path(), one));
        return are(
                wanted + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                tree.with(filter)::find,
                found -> found.stream().allMatch(file -> PackageFiles.isExcepted(excepted, file.path())));
    }

    /**
     * Verifies that there is no file and no folder that everybody may write to. Links, sockets and devices do not count, nor do folders
     * with the sticky bit, such as /tmp.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc").tree().hasNoWorldWritableFiles(); // passes
     * stemcell.exec("install", "-D", "-m", "0666", "/dev/null", "/srv/open/to-all");
     * assertThat(stemcell).file("/srv/open").tree().hasNoWorldWritableFiles("/srv/open/to-all"); // passes
     * assertThat(stemcell).file("/srv/open").tree().hasNoWorldWritableFiles(); // fails
     * }</pre>
     *
     * @param except absolute paths that may be so, and what is below them
     * @return this assertion object
     */
    public TreeAssert hasNoWorldWritableFiles(String... except) {
        return none("have no files that everybody may write to", except, TreeFilter.writableByAll());
    }

    /**
     * Verifies that everything belongs to a user.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/ssh").tree().hasOnlyFilesOwnedBy("root"); // passes
     * assertThat(stemcell).file("/home").tree().hasOnlyFilesOwnedBy("root", "/home/vcap"); // passes
     * assertThat(stemcell).file("/home").tree().hasOnlyFilesOwnedBy("root"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @param except absolute paths that may belong to others, and what is below them
     * @return this assertion object
     */
    public TreeAssert hasOnlyFilesOwnedBy(String user, String... except) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return none("have only files owned by the user " + user, except, TreeFilter.notOwnedBy(user));
    }

    /**
     * Verifies that everything belongs to users and groups that exist.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc").tree().hasNoUnownedFiles(); // passes
     * stemcell.exec("install", "-D", "-o", "54321", "/dev/null", "/srv/left/behind");
     * assertThat(stemcell).file("/srv/left").tree().hasNoUnownedFiles("/srv/left/behind"); // passes
     * assertThat(stemcell).file("/srv/left").tree().hasNoUnownedFiles(); // fails
     * }</pre>
     *
     * @param except absolute paths that may belong to nobody, and what is below them
     * @return this assertion object
     */
    public TreeAssert hasNoUnownedFiles(String... except) {
        return none("have no files of unknown users or groups", except, TreeFilter.ofUnknown());
    }

    /**
     * Verifies that these files, and no others, give whoever runs them the rights of their owner.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/usr").tree().hasExactlySetuidFiles("/usr/bin/su", "/usr/bin/sudo"); // passes
     * assertThat(stemcell).file("/usr").tree().hasExactlySetuidFiles("/usr/bin/su"); // fails
     * }</pre>
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public TreeAssert hasExactlySetuidFiles(String... paths) {
        return exactly("setuid", 04000, paths);
    }

    /**
     * Verifies that these files, and no others, give whoever runs them the rights of their group; folders do not count.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/usr").tree().hasExactlySetgidFiles(); // passes
     * stemcell.exec("install", "-D", "-m", "2755", "/bin/true", "/srv/club/member");
     * assertThat(stemcell).file("/srv/club").tree().hasExactlySetgidFiles("/srv/club/member"); // passes
     * assertThat(stemcell).file("/srv/club").tree().hasExactlySetgidFiles(); // fails
     * }</pre>
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public TreeAssert hasExactlySetgidFiles(String... paths) {
        return exactly("setgid", 02000, paths);
    }

    /**
     * Verifies that these files, and no others, give programs capabilities, capabilities(7).
     *
     * <pre>{@code
     * stemcell.shell("install -D /bin/true /srv/net/ping && setcap cap_net_raw=ep /srv/net/ping");
     * assertThat(stemcell).file("/srv/net").tree().hasExactlyFilesWithCapabilities("/srv/net/ping"); // passes
     * assertThat(stemcell).file("/srv/net").tree().hasExactlyFilesWithCapabilities(); // fails
     * }</pre>
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public TreeAssert hasExactlyFilesWithCapabilities(String... paths) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(paths, Arguments::plainPath)));
        TreeCapabilities.check(subject, which, tree.argv(List.of("-type", "f", "-print0")), wanted);
        return this;
    }

    private TreeAssert exactly(String bit, int mode, String... paths) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(paths, Arguments::plainPath)));
        return are(
                wanted.isEmpty()
                        ? "have no " + bit + " files"
                        : "have exactly the " + bit + " files " + String.join(" ", wanted),
                tree.with(TreeFilter.filesWithMode(mode))::find,
                found -> found.stream().map(Found::path).toList().equals(wanted));
    }
}
