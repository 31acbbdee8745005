package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractByteArrayAssert;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ByteArrayAssert;

/** Assertions on one file, folder or link. What does not exist fails all of them but {@link #doesNotExist()}. */
public final class FileAssert extends GuestAssert<FileAssert> {

    private static final int SHOWN = 20;

    private final String path;
    private final GuestFiles files;

    FileAssert(Subject subject, String path) {
        super(subject);
        this.path = path;
        this.files = subject.stemcell().files();
    }

    /** A file, and something that its stat does not say. */
    private record Look<T>(FileStat stat, T more) {}

    private <T> Presence<Optional<Look<T>>, Look<T>> look(Function<FileStat, T> reading, Function<T, String> words) {
        return new Presence<>(
                subject,
                path,
                () -> files.find(path).map(stat -> new Look<>(stat, reading.apply(stat))),
                Function.identity(),
                look -> words(look.stat()) + words.apply(look.more()),
                nothing -> surroundings());
    }

    private <T> Optional<T> that(
            String wanted, Function<FileStat, T> reading, Predicate<T> holds, Function<T, String> words) {
        return look(reading, words)
                .holds(wanted, look -> holds.test(look.more()))
                .map(Look::more);
    }

    private FileAssert that(String wanted, Predicate<FileStat> holds) {
        that(wanted, Function.identity(), holds, stat -> "");
        return this;
    }

    private static String words(FileStat file) {
        return type(file) + ", mode " + octal(file.mode()) + ", owner " + file.uid()
                + ":" + file.gid() + ", " + file.size() + " bytes"
                + file.linkTarget().map(target -> ", to " + target).orElse("");
    }

    private static String type(FileStat file) {
        return file.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String octal(int mode) {
        return String.format("%04o", mode);
    }

    /** What is there instead: in the nearest folder that exists, or where one should be. */
    private String surroundings() {
        String above = path;
        while (above.length() > 1) {
            above = above.substring(0, Math.max(1, above.lastIndexOf('/')));
            if (files.isDirectory(above)) {
                return "it does not exist; in " + above + ": " + names(above);
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

    private String names(String folder) {
        List<String> names =
                files.list(folder).stream().map(FileStat::name).sorted().toList();
        if (names.size() > SHOWN) {
            String below = path.substring(folder.length()).replaceFirst("^/", "");
            return names.size() + " names; the closest: "
                    + String.join(", ", NearMisses.of(below.replaceFirst("/.*", ""), names));
        }
        return names.isEmpty() ? "nothing" : String.join(", ", names);
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
        return that("have mode " + octal(mode), file -> file.mode() == mode);
    }

    /**
     * Checks the mode.
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this
     */
    public FileAssert hasModeAtMost(int mode) {
        return that("be no more permissive than " + octal(mode), file -> (file.mode() & ~mode) == 0);
    }

    /**
     * Checks the owner.
     *
     * @param uid the number of the user
     * @param gid the number of the group
     * @return this
     */
    public FileAssert hasOwner(int uid, int gid) {
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
                stat -> new Look<>(stat, Accounts.of(subject.stemcell())),
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
        return that("have " + bytes + " bytes", file -> file.size() == bytes);
    }

    /**
     * Checks that its content changed.
     *
     * @param time a moment by the guest's clock since which it did, of which whole seconds count; not null
     * @return this
     */
    public FileAssert wasModifiedSince(Instant time) {
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
        return content("have the content \"" + text + "\"", text::equals);
    }

    /**
     * Checks the content.
     *
     * @param text what is somewhere in it, as UTF-8; not empty, because everything contains that
     * @return this
     */
    public FileAssert contains(String text) {
        Texts.requireNotEmpty(text);
        return content("contain \"" + text + "\"", content -> content.contains(text));
    }

    /**
     * Checks the content.
     *
     * @param text what is nowhere in it, as UTF-8; not empty, because everything contains that
     * @return this
     */
    public FileAssert doesNotContain(String text) {
        Texts.requireNotEmpty(text);
        return content("not contain \"" + text + "\"", content -> !content.contains(text));
    }

    /**
     * Checks the content.
     *
     * @param regex a pattern that is found somewhere in it, in which {@code ^} and {@code $} are the ends of lines; not null
     * @return this
     */
    public FileAssert matches(String regex) {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        return content(
                "have a match for " + regex, content -> pattern.matcher(content).find());
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
                file().map(stat -> files.readString(path)), "content of " + path + " on " + subject.name());
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
                file().map(stat -> files.readBytes(path)),
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
                that("exist", Function.identity(), stat -> true, stat -> "").map(what), path + " on " + subject.name());
    }
}
