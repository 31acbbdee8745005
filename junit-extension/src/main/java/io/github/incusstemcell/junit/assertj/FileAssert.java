package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractByteArrayAssert;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ByteArrayAssert;

/**
 * Assertions on one file, folder or link. What does not exist fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given
 * its {@link FileStat}, {@link #hasContentSatisfying} its content.
 */
public final class FileAssert extends GuestAssert<FileAssert, FileStat> {

    private final String path;
    private final GuestFiles files;

    FileAssert(Subject subject, String path) {
        super(subject);
        this.path = Arguments.path(path);
        this.files = subject.stemcell().files();
    }

    private <T> Presence<Optional<FileLook<T>>, FileLook<T>> look(
            Function<FileStat, T> reading, Function<T, String> words) {
        return new Presence<>(
                subject,
                path,
                () -> files.find(path).map(stat -> new FileLook<>(stat, reading.apply(stat))),
                Function.identity(),
                look -> look.words() + words.apply(look.more()),
                nothing -> FileLook.surroundings(files, path));
    }

    private <T> Optional<T> that(
            String wanted, Function<FileStat, T> reading, Predicate<T> holds, Function<T, String> words) {
        return look(reading, words)
                .holds(wanted, look -> holds.test(look.more()))
                .map(FileLook::more);
    }

    @Override
    FileAssert that(String wanted, Predicate<FileStat> holds) {
        that(wanted, Function.identity(), holds, stat -> "");
        return this;
    }

    /** {@return this, where there is something, a dangling link included} */
    public FileAssert exists() {
        return that("exist", file -> true);
    }

    /** {@return this, where there is nothing} */
    public FileAssert doesNotExist() {
        look(Function.identity(), stat -> "").isAbsent("not exist");
        return this;
    }

    /** {@return this, where it is a regular file} */
    public FileAssert isFile() {
        return that("be a file", FileStat::isFile);
    }

    /** {@return this, where it is a folder} */
    public FileAssert isDirectory() {
        return that("be a directory", FileStat::isDirectory);
    }

    /**
     * Checks a symbolic link.
     *
     * @param target what is written in it; not null
     * @return this
     */
    public FileAssert isLinkTo(String target) {
        Arguments.text(target);
        return that(
                "be a link to " + target,
                file -> file.linkTarget().filter(target::equals).isPresent());
    }

    /**
     * Checks the mode.
     *
     * @param mode exactly this one, setuid, setgid and sticky included, as {@code 0644}
     * @return this
     */
    public FileAssert hasMode(int mode) {
        Arguments.mode(mode);
        return that("have mode " + FileLook.octal(mode), file -> file.mode() == mode);
    }

    /**
     * Checks the mode.
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this
     */
    public FileAssert hasModeAtMost(int mode) {
        Arguments.limit(mode);
        return that("be no more permissive than " + FileLook.octal(mode), file -> (file.mode() & ~mode) == 0);
    }

    /**
     * Checks the owner.
     *
     * @param uid the number of the user
     * @param gid the number of the group
     * @return this
     */
    public FileAssert hasOwner(int uid, int gid) {
        Arguments.id(uid);
        Arguments.id(gid);
        return that("be owned by " + uid + ":" + gid, file -> file.uid() == uid && file.gid() == gid);
    }

    /**
     * Checks the owner.
     *
     * @param user the name of the user, who has to exist; not null
     * @return this
     */
    public FileAssert hasOwner(String user) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return accounts("be owned by the user " + user, (stat, accounts) -> accounts.user(user)
                .filter(account -> account.uid() == stat.uid())
                .isPresent());
    }

    /**
     * Checks the group.
     *
     * @param group the name of the group, which has to exist; not null
     * @return this
     */
    public FileAssert hasGroup(String group) {
        if (!new GroupAssert(subject.now(), group).isThere()) {
            return this;
        }
        return accounts("be owned by the group " + group, (stat, accounts) -> accounts.group(group)
                .filter(account -> account.gid() == stat.gid())
                .isPresent());
    }

    private FileAssert accounts(String wanted, java.util.function.BiPredicate<FileStat, Accounts> holds) {
        that(
                wanted,
                stat -> new FileLook<>(stat, Accounts.of(subject.stemcell())),
                look -> holds.test(look.stat(), look.more()),
                look -> ", user " + look.more().userName(look.stat().uid()) + ", group "
                        + look.more().groupName(look.stat().gid()));
        return this;
    }

    /**
     * Checks the size.
     *
     * @param bytes the number of bytes
     * @return this
     */
    public FileAssert hasSize(long bytes) {
        Arguments.number("a size", bytes, 0, Long.MAX_VALUE);
        return that("have " + bytes + " bytes", file -> file.size() == bytes);
    }

    /**
     * Checks that its content changed.
     *
     * @param time a moment by the guest's clock since which it did, of which whole seconds count; not null
     * @return this
     */
    public FileAssert wasModifiedSince(Instant time) {
        Arguments.pastOfFiles(time);
        that(
                "be modified since " + time,
                FileStat::modified,
                modified -> modified.getEpochSecond() >= time.getEpochSecond(),
                modified -> ", modified " + modified);
        return this;
    }

    /**
     * Checks the content.
     *
     * @param hash its SHA-256 in 64 hex digits; not null
     * @return this
     */
    public FileAssert hasSha256(String hash) {
        String wanted = FileContent.sha256(hash);
        that(
                "have the SHA-256 " + wanted,
                stat -> FileContent.hashOf(subject.stemcell(), stat),
                found -> found.filter(wanted::equals).isPresent(),
                found -> found.map(", SHA-256 "::concat).orElse(""));
        return this;
    }

    /**
     * Checks the content.
     *
     * @param text all of it, as UTF-8; not null
     * @return this
     */
    public FileAssert hasContent(String text) {
        Objects.requireNonNull(text, "text");
        return content("have the content \"" + text + "\"", text::equals);
    }

    /**
     * Checks the content.
     *
     * @param text what is somewhere in it, as UTF-8; not empty, because everything contains that
     * @return this
     */
    public FileAssert contains(String text) {
        Arguments.text(text);
        return content("contain \"" + text + "\"", content -> content.contains(text));
    }

    /**
     * Checks the content.
     *
     * @param text what is nowhere in it, as UTF-8; not empty, because everything contains that
     * @return this
     */
    public FileAssert doesNotContain(String text) {
        Arguments.text(text);
        return content("not contain \"" + text + "\"", content -> !content.contains(text));
    }

    /**
     * Checks the content.
     *
     * @param regex a pattern that is found somewhere in it, in which {@code ^} and {@code $} are the ends of lines; not null
     * @return this
     */
    public FileAssert matches(String regex) {
        Pattern pattern = Arguments.regex(regex, Pattern.MULTILINE);
        return content(
                "have a match for " + regex, content -> pattern.matcher(content).find());
    }

    /**
     * Checks the content by a condition of one's own; see {@link #satisfies}.
     *
     * @param condition is given all of it, as UTF-8; not null
     * @param description how messages say it behind "to have content satisfying", as {@code has a line for each host}; not empty
     * @return this
     */
    public FileAssert hasContentSatisfying(Predicate<String> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        return content("have content satisfying \"" + Arguments.text(description) + "\"", condition);
    }

    /** What is no file has no content, and fails. */
    private FileAssert content(String wanted, Predicate<String> holds) {
        that(
                wanted,
                stat -> FileContent.textOf(files, stat),
                text -> text.filter(holds).isPresent(),
                text -> text.map(FileContent::words).orElse(""));
        return this;
    }

    /**
     * Checks the capabilities that a program gets from its file, capabilities(7).
     *
     * @param names all of those that are permitted, as {@code cap_net_raw}; at least one
     * @return this
     */
    public FileAssert hasCapabilities(String... names) {
        Capabilities wanted = Capabilities.named(names);
        that(
                "have the capabilities " + wanted.names(),
                stat -> FileAttributes.capabilities(subject.stemcell(), path),
                found -> found.permitted() == wanted.permitted(),
                found -> ", capabilities " + found);
        return this;
    }

    /** {@return this, where a program gets no capabilities from this file} */
    public FileAssert hasNoCapabilities() {
        that(
                "have no capabilities",
                stat -> FileAttributes.capabilities(subject.stemcell(), path),
                Capabilities::areNone,
                found -> ", capabilities " + found);
        return this;
    }

    /** {@return this, where nobody can change it, not even root: chattr +i} */
    public FileAssert isImmutable() {
        return immutable("be immutable", true);
    }

    /** {@return this, where it can be changed as far as chattr(1) is concerned} */
    public FileAssert isNotImmutable() {
        return immutable("not be immutable", false);
    }

    private FileAssert immutable(String wanted, boolean immutable) {
        that(
                wanted,
                stat -> FileAttributes.isImmutable(subject.stemcell(), path),
                found -> found == immutable,
                found -> found ? ", immutable" : ", not immutable");
        return this;
    }

    /**
     * Goes on with what is in this folder, and below it, which has to be one.
     *
     * @return assertions on all of that
     */
    public TreeAssert tree() {
        isDirectory();
        return new TreeAssert(subject, path);
    }

    /**
     * Goes on with the content in plain AssertJ.
     *
     * @return assertions on the content as UTF-8
     */
    public AbstractStringAssert<?> content() {
        return subject.string(
                this::file, stat -> files.readString(path), "content of " + path + " on " + subject.name());
    }

    /**
     * Goes on with the content in plain AssertJ.
     *
     * @return assertions on the bytes
     */
    public AbstractByteArrayAssert<?> contentBytes() {
        return subject.plain(
                ByteArrayAssert.class,
                byte[].class,
                ByteArrayAssert::new,
                this::file,
                stat -> files.readBytes(path),
                "content of " + path + " on " + subject.name());
    }

    private Optional<FileStat> file() {
        return that("be a file", Function.identity(), FileStat::isFile, stat -> "");
    }

    /**
     * Goes on with anything that the file system says of it in plain AssertJ, as {@code extracting(FileStat::modified)}.
     *
     * @param <T> its type
     * @param what what to take of it; not null
     * @return assertions on that
     */
    public <T> AbstractObjectAssert<?, T> extracting(Function<FileStat, T> what) {
        return subject.object(
                () -> that("exist", Function.identity(), stat -> true, stat -> ""),
                what,
                path + " on " + subject.name());
    }
}
