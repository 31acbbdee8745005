package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractObjectAssert;

/**
 * Assertions on one file, folder or link. What does not exist fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given
 * its {@link FileStat}, {@link #hasContentSatisfying} its content.
 *
 * <p>What the overlay writes ({@link io.github.incusstemcell.stemcell.OverlayPart}, {@code paths()}) is what is seen of host keys, {@code
 * /etc/hostname}, {@code /etc/machine-id},
 * {@code /var/log} as a mount and drop-ins of units: to ask the image itself, do not boot it, by {@code @IncusStemcell(boot = false)}.
 */
public final class FileAssert extends FileContentAssert {

    private static final int EXECUTABLE = 0111;

    FileAssert(Subject subject, String path) {
        super(subject, FileLook.path(path), false);
    }

    private FileAssert(FileAssert other) {
        super(other.subject, other.path, true);
    }

    /**
     * Goes on with what is at the end of symbolic links, where this is one; without it, assertions look at the link itself. One that leads
     * nowhere counts as absent.
     *
     * @return assertions on that
     */
    public FileAssert followingLinks() {
        return new FileAssert(this);
    }

    /**
     * Verifies where symbolic links lead, over whatever others, those of folders on the way included; what is there has to exist.
     *
     * @param target the path at the end, without links in it
     * @return this
     */
    public FileAssert resolvesTo(String target) {
        String wanted = Arguments.plainPath(target);
        that(
                "resolve to " + wanted,
                stat -> realPath(),
                found -> found.filter(wanted::equals).isPresent(),
                found -> found.map(", resolves to "::concat).orElse(", leads nowhere"));
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
     * Verifies a symbolic link.
     *
     * @param target what is written in it
     * @return this
     */
    public FileAssert isLinkTo(String target) {
        Arguments.text(target);
        return that(
                "be a link to " + target,
                file -> file.linkTarget().filter(target::equals).isPresent());
    }

    /**
     * Verifies the mode.
     *
     * @param mode exactly this one, setuid, setgid and sticky included, as {@code 0644}
     * @return this
     */
    public FileAssert hasMode(int mode) {
        Arguments.mode(mode);
        return that("have mode " + FileLook.octal(mode), file -> file.mode() == mode);
    }

    /**
     * Verifies the mode.
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this
     */
    public FileAssert hasModeAtMost(int mode) {
        Arguments.limit(mode);
        return that("be no more permissive than " + FileLook.octal(mode), file -> (file.mode() & ~mode) == 0);
    }

    /**
     * Verifies the owner.
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
     * Verifies the owner.
     *
     * @param user the name of the user, who has to exist
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
     * Verifies the group.
     *
     * @param group the name of the group, which has to exist
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

    /** {@return this, where it is a regular file that some of owner, group and others may execute} */
    public FileAssert isExecutable() {
        return that("be executable", file -> file.isFile() && (file.mode() & EXECUTABLE) != 0);
    }

    /**
     * Verifies what a user may do, as the kernel has it: by modes and access lists, those of the folders above it included. What it is about is
     * what is at the end of links.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isReadableBy(String user) {
        return access(Access.READ, user, true);
    }

    /**
     * Verifies what a user may not do; see {@link #isReadableBy}.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isNotReadableBy(String user) {
        return access(Access.READ, user, false);
    }

    /**
     * Verifies what a user may do; see {@link #isReadableBy}.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isWritableBy(String user) {
        return access(Access.WRITE, user, true);
    }

    /**
     * Verifies what a user may not do; see {@link #isReadableBy}.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isNotWritableBy(String user) {
        return access(Access.WRITE, user, false);
    }

    /**
     * Verifies what a user may do, of a folder that is to go through it; see {@link #isReadableBy}.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isExecutableBy(String user) {
        return access(Access.EXECUTE, user, true);
    }

    /**
     * Verifies what a user may not do; see {@link #isExecutableBy}.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public FileAssert isNotExecutableBy(String user) {
        return access(Access.EXECUTE, user, false);
    }

    private FileAssert access(Access access, String user, boolean isGranted) {
        Optional<GuestUser> account = new UserAssert(subject.now(), user).find();
        if (account.isEmpty()) {
            return this;
        }
        that(
                "be " + (isGranted ? "" : "not ") + access.words() + " by " + user,
                stat -> access.isGranted(subject.stemcell(), account.get(), path),
                found -> found == isGranted,
                found -> "");
        return this;
    }

    /**
     * Verifies the size.
     *
     * @param bytes the number of bytes
     * @return this
     */
    public FileAssert hasSize(long bytes) {
        Arguments.number("a size", bytes, 0, Long.MAX_VALUE);
        return that("have " + bytes + " bytes", file -> file.size() == bytes);
    }

    /**
     * Verifies that its content changed.
     *
     * @param time a moment by the guest's clock since which it did, of which whole seconds count
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
     * Verifies the capabilities that a program gets from its file, capabilities(7).
     *
     * @param names all of those that are permitted, as {@code cap_net_raw}; at least one
     * @return this
     */
    public FileAssert hasCapabilities(String... names) {
        Capabilities wanted = Capabilities.named(names);
        that(
                "have the capabilities " + wanted.names(),
                stat -> FileAttributes.capabilities(subject.stemcell(), stat.path()),
                found -> found.permitted() == wanted.permitted(),
                found -> ", capabilities " + found);
        return this;
    }

    /** {@return this, where a program gets no capabilities from this file} */
    public FileAssert hasNoCapabilities() {
        that(
                "have no capabilities",
                stat -> FileAttributes.capabilities(subject.stemcell(), stat.path()),
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
                stat -> FileAttributes.isImmutable(subject.stemcell(), stat.path()),
                found -> found == immutable,
                found -> found ? ", immutable" : ", not immutable");
        return this;
    }

    /**
     * Verifies that access lists say something beyond its mode, acl(5).
     *
     * @param entry as getfacl(1) prints it, as {@code user:vcap:r--} or {@code default:group:adm:r-x}
     * @return this
     */
    public FileAssert hasAclEntry(String entry) {
        AccessList.entry(entry);
        return acl("have the ACL entry " + entry, acl -> acl.entries().contains(entry));
    }

    /** {@return this, where access lists say nothing beyond its mode} */
    public FileAssert hasNoAcl() {
        return acl("have no ACL", acl -> acl.entries().isEmpty());
    }

    private FileAssert acl(String wanted, Predicate<AccessList> holds) {
        that(
                wanted,
                stat -> FileAttributes.accessList(subject.stemcell(), stat.path()),
                holds,
                found -> ", ACL " + found.words());
        return this;
    }

    /**
     * Verifies that a package has brought it, dpkg-query(1), {@code --search}.
     *
     * @param name the name of the package, with or without its architecture
     * @return this
     */
    public FileAssert isOwnedByPackage(String name) {
        Arguments.packageName(name);
        return owners("be owned by the package " + name, owners -> owners.stream()
                .anyMatch(owner -> owner.equals(name) || owner.startsWith(name + ":")));
    }

    /** {@return this, where no package has brought it} */
    public FileAssert isOwnedByNoPackage() {
        return owners("be owned by no package", List::isEmpty);
    }

    private FileAssert owners(String wanted, Predicate<List<String>> holds) {
        that(
                wanted,
                stat -> new PackageFiles(subject.stemcell()).owners(stat.path()),
                holds,
                found -> found.isEmpty() ? ", of no package" : ", of " + String.join(", ", found));
        return this;
    }

    /**
     * Goes on with what is in this folder, and below it, which has to be one.
     *
     * @return assertions on all of that
     */
    public TreeAssert tree() {
        isDirectory();
        return new TreeAssert(subject, realOrGivenPath());
    }

    /**
     * Goes on with anything that the file system says of it in plain AssertJ, as {@code extracting(FileStat::modified)}.
     *
     * @param <T> its type
     * @param what what to take of it
     * @return assertions on that
     */
    public <T> AbstractObjectAssert<?, T> extracting(Function<FileStat, T> what) {
        return subject.object(
                () -> that("exist", Function.identity(), stat -> true, stat -> ""),
                what,
                path + " on " + subject.name());
    }
}
