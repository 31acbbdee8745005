package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all files, folders and links whose paths match a pattern, also of a guest that was not started. Those on what they are like
 * fail where there is none. {@link #satisfies} is given a {@link FileStat} for each, by path.
 */
public final class FilesAssert extends GuestListAssert<FilesAssert, FileStat> {

    private final Looks looks;

    /** What was looked at last, with the files as they were then. */
    private static final class Looks {

        private final GuestFiles files;
        private final Glob glob;
        private GuestFiles seen;
        private boolean withContent;

        Looks(GuestFiles files, Glob glob) {
            this.files = files;
            this.glob = glob;
            this.seen = files;
        }

        List<FileStat> next() {
            seen = files.prefetchMatching(glob.text(), withContent);
            return glob.find(seen);
        }
    }

    FilesAssert(Subject subject, String pattern) {
        this(subject, new Looks(subject.stemcell().files(), FileLook.glob(pattern)));
    }

    private FilesAssert(Subject subject, Looks looks) {
        this(subject, looks, new Many<>("the files " + looks.glob.text(), looks::next, stat -> new FileLook<>(stat, "")
                .brief()));
    }

    private FilesAssert(Subject subject, Looks looks, Many<FileStat> many) {
        super(subject, many, (where, fewer) -> new FilesAssert(where, looks, fewer));
        this.looks = looks;
    }

    @Override
    String none() {
        return "there were none: " + FileLook.surroundings(looks.files, looks.glob.beginning());
    }

    /**
     * Verifies that there is one or more, dangling links included.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").exist(); // passes
     * assertThat(stemcell).files("/etc/ssh/*.no-such-suffix").exist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FilesAssert exist() {
        return that("exist", found -> !found.isEmpty());
    }

    /**
     * Verifies that there is none.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/home/vcap/.rhost*").doNotExist(); // passes
     * assertThat(stemcell).files("/home/vcap/.prof*").doNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FilesAssert doNotExist() {
        return that("not exist", List::isEmpty);
    }

    /**
     * Verifies that each is a regular file.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").areFiles(); // passes
     * assertThat(stemcell).files("/etc/ssh/*_config*").areFiles(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FilesAssert areFiles() {
        return each("be files", FileStat::isFile);
    }

    /**
     * Verifies that each is a folder.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/cron.*").areDirectories(); // passes
     * assertThat(stemcell).files("/etc/cron*").areDirectories(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FilesAssert areDirectories() {
        return each("be directories", FileStat::isDirectory);
    }

    /**
     * Verifies that each has exactly this mode.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key").haveMode(0600); // passes
     * assertThat(stemcell).files("/etc/ssh/*_config").haveMode(0600); // fails
     * }</pre>
     *
     * @param mode exactly this one, setuid, setgid and sticky included, as {@code 0600}
     * @return this assertion object
     */
    public FilesAssert haveMode(int mode) {
        Arguments.mode(mode);
        return each("have mode " + FileLook.octal(mode), stat -> stat.mode() == mode);
    }

    /**
     * Verifies that the mode of each allows no more than this one.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").haveModeAtMost(0644); // passes
     * assertThat(stemcell).files("/etc/ssh/*_config").haveModeAtMost(0640); // fails
     * }</pre>
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this assertion object
     */
    public FilesAssert haveModeAtMost(int mode) {
        Arguments.limit(mode);
        return each("be no more permissive than " + FileLook.octal(mode), stat -> (stat.mode() & ~mode) == 0);
    }

    /**
     * Verifies that each belongs to a user.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").haveOwner("root"); // passes
     * assertThat(stemcell).files("/home/*").haveOwner("root"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FilesAssert haveOwner(String user) {
        new UserAssert(subject.now(), user)
                .find()
                .ifPresent(owner -> each("be owned by the user " + user, stat -> stat.uid() == owner.uid()));
        return this;
    }

    /**
     * Verifies that each belongs to a group.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").haveGroup("root"); // passes
     * assertThat(stemcell).files("/home/*").haveGroup("root"); // fails
     * }</pre>
     *
     * @param group the name of the group, which has to exist
     * @return this assertion object
     */
    public FilesAssert haveGroup(String group) {
        new GroupAssert(subject.now(), group)
                .find()
                .ifPresent(owner -> each("be owned by the group " + group, stat -> stat.gid() == owner.gid()));
        return this;
    }

    /**
     * Verifies that a text is in each; what is no regular file has none.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key").contain("PRIVATE KEY"); // passes
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key*").contain("PRIVATE KEY"); // fails
     * }</pre>
     *
     * @param text what is somewhere in it, as UTF-8; not empty
     * @return this assertion object
     */
    public FilesAssert contain(String text) {
        Arguments.text(text);
        return content("contain \"" + text + "\"", content -> content.contains(text));
    }

    /**
     * Verifies that a pattern is found in each; what is no regular file has no content.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key.pub").match("^(ssh|ecdsa)-"); // passes
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key").match("^(ssh|ecdsa)-"); // fails
     * }</pre>
     *
     * @param regex the pattern, in which {@code ^} and {@code $} are the ends of lines, which end with {@code \n} alone
     * @return this assertion object
     */
    public FilesAssert match(String regex) {
        Pattern pattern = Arguments.regex(regex, Pattern.MULTILINE);
        return content(
                "have a match for " + regex, content -> pattern.matcher(content).find());
    }

    /**
     * Verifies that a pattern is found in none. There has to be one, and only regular files: follow links by {@link
     * FileAssert#followingLinks}.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key.pub").doNotMatch("PRIVATE KEY"); // passes
     * assertThat(stemcell).files("/etc/ssh/ssh_host_*_key*").doNotMatch("PRIVATE KEY"); // fails
     * }</pre>
     *
     * @param regex the pattern, in which {@code ^} and {@code $} are the ends of lines, which end with {@code \n} alone
     * @return this assertion object
     */
    public FilesAssert doNotMatch(String regex) {
        Pattern pattern = Arguments.regex(regex, Pattern.MULTILINE);
        return content("have no match for " + regex, content -> !pattern.matcher(content)
                .find());
    }

    private FilesAssert content(String wanted, Predicate<String> holds) {
        looks.withContent = true;
        try {
            return each(
                    wanted,
                    stat -> FileContent.textOf(looks.seen, stat).filter(holds).isPresent());
        } finally {
            looks.withContent = false;
        }
    }

    /**
     * Verifies that they are those, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/ssh/*_config").hasOnlyPaths("/etc/ssh/ssh_config", "/etc/ssh/sshd_config"); // passes
     * assertThat(stemcell).files("/etc/ssh/*_config").hasOnlyPaths("/etc/ssh/sshd_config"); // fails
     * }</pre>
     *
     * @param paths the absolute paths of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public FilesAssert hasOnlyPaths(String... paths) {
        return hasOnly(List.copyOf(new TreeSet<>(Arguments.anyTexts(paths, Arguments::plainPath))), FileStat::path);
    }

    /**
     * Goes on with their paths in plain AssertJ.
     *
     * @return assertions on the list, by letter
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> paths() {
        return plain(FileStat::path);
    }
}
