package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
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
     * Verifies that symbolic links lead to this path, over whatever others, those of folders on the way included; what is there has to exist.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/bin/id").resolvesTo("/usr/bin/id"); // passes
     * assertThat(stemcell).file("/bin/id").resolvesTo("/bin/id"); // fails
     * }</pre>
     *
     * @param target the path at the end, without links in it
     * @return this assertion object
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

    /**
     * Verifies that there is something, a dangling link included.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").exists(); // passes
     * assertThat(stemcell).file("/etc/no-such-file").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert exists() {
        return that("exist", file -> true);
    }

    /**
     * Verifies that there is nothing.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/no-such-file").doesNotExist(); // passes
     * assertThat(stemcell).file("/etc/passwd").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert doesNotExist() {
        look(Function.identity(), stat -> "").isAbsent("not exist");
        return this;
    }

    /**
     * Verifies that it is a regular file.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").isFile(); // passes
     * assertThat(stemcell).file("/etc").isFile(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert isFile() {
        return that("be a file", FileStat::isFile);
    }

    /**
     * Verifies that it is a folder.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc").isDirectory(); // passes
     * assertThat(stemcell).file("/etc/passwd").isDirectory(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert isDirectory() {
        return that("be a directory", FileStat::isDirectory);
    }

    /**
     * Verifies that it is a symbolic link to this target.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/os-release").isLinkTo("../usr/lib/os-release"); // passes
     * assertThat(stemcell).file("/etc/os-release").isLinkTo("/usr/lib/os-release"); // fails
     * assertThat(stemcell).file("/etc/passwd").isLinkTo("/etc/passwd"); // fails
     * }</pre>
     *
     * @param target what is written in it
     * @return this assertion object
     */
    public FileAssert isLinkTo(String target) {
        Arguments.text(target);
        return that(
                "be a link to " + target,
                file -> file.linkTarget().filter(target::equals).isPresent());
    }

    /**
     * Verifies that it has exactly this mode.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").hasMode(0644); // passes
     * assertThat(stemcell).file("/etc/passwd").hasMode(0640); // fails
     * }</pre>
     *
     * @param mode exactly this one, setuid, setgid and sticky included, as {@code 0644}
     * @return this assertion object
     */
    public FileAssert hasMode(int mode) {
        Arguments.mode(mode);
        return that("have mode " + FileLook.octal(mode), file -> file.mode() == mode);
    }

    /**
     * Verifies that its mode allows no more than this one.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/ssh/sshd_config").hasModeAtMost(0640); // passes
     * assertThat(stemcell).file("/etc/passwd").hasModeAtMost(0640); // fails
     * }</pre>
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this assertion object
     */
    public FileAssert hasModeAtMost(int mode) {
        Arguments.limit(mode);
        return that("be no more permissive than " + FileLook.octal(mode), file -> (file.mode() & ~mode) == 0);
    }

    /**
     * Verifies that it belongs to a user and to a group, by their numbers.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").hasOwner(0, 0); // passes
     * assertThat(stemcell).file("/home/vcap").hasOwner(0, 0); // fails
     * }</pre>
     *
     * @param uid the number of the user
     * @param gid the number of the group
     * @return this assertion object
     */
    public FileAssert hasOwner(int uid, int gid) {
        Arguments.id(uid);
        Arguments.id(gid);
        return that("be owned by " + uid + ":" + gid, file -> file.uid() == uid && file.gid() == gid);
    }

    /**
     * Verifies that it belongs to a user.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/home/vcap").hasOwner("vcap"); // passes
     * assertThat(stemcell).file("/home").hasOwner("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
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
     * Verifies that it belongs to a group.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/home/vcap").hasGroup("vcap"); // passes
     * assertThat(stemcell).file("/home").hasGroup("vcap"); // fails
     * }</pre>
     *
     * @param group the name of the group, which has to exist
     * @return this assertion object
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
     * Verifies that it is a regular file that some of owner, group and others may execute.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/usr/bin/id").isExecutable(); // passes
     * assertThat(stemcell).file("/etc/passwd").isExecutable(); // fails
     * assertThat(stemcell).file("/etc").isExecutable(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert isExecutable() {
        return that("be executable", file -> file.isFile() && (file.mode() & EXECUTABLE) != 0);
    }

    /**
     * Verifies that a user may read it, as the kernel has it: by modes and access lists, those of the folders above it included. What it is
     * about is what is at the end of links.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").isReadableBy("vcap"); // passes
     * assertThat(stemcell).file("/etc/shadow").isReadableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FileAssert isReadableBy(String user) {
        return access(Access.READ, user, true);
    }

    /**
     * Verifies that a user may not read it; see {@link #isReadableBy}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/shadow").isNotReadableBy("vcap"); // passes
     * assertThat(stemcell).file("/etc/passwd").isNotReadableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FileAssert isNotReadableBy(String user) {
        return access(Access.READ, user, false);
    }

    /**
     * Verifies that a user may write to it; see {@link #isReadableBy}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/tmp").isWritableBy("vcap"); // passes
     * assertThat(stemcell).file("/etc/passwd").isWritableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FileAssert isWritableBy(String user) {
        return access(Access.WRITE, user, true);
    }

    /**
     * Verifies that a user may not write to it; see {@link #isReadableBy}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").isNotWritableBy("vcap"); // passes
     * assertThat(stemcell).file("/tmp").isNotWritableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FileAssert isNotWritableBy(String user) {
        return access(Access.WRITE, user, false);
    }

    /**
     * Verifies that a user may execute it, of a folder that is to go through it; see {@link #isReadableBy}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/usr/bin/id").isExecutableBy("vcap"); // passes
     * assertThat(stemcell).file("/root").isExecutableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public FileAssert isExecutableBy(String user) {
        return access(Access.EXECUTE, user, true);
    }

    /**
     * Verifies that a user may not execute it; see {@link #isExecutableBy}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/root").isNotExecutableBy("vcap"); // passes
     * assertThat(stemcell).file("/usr/bin/id").isNotExecutableBy("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
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
     * Verifies that it has so many bytes.
     *
     * <pre>{@code
     * stemcell.files().writeString("/tmp/ready", "ready\n");
     * assertThat(stemcell).file("/tmp/ready").hasSize(6); // passes
     * assertThat(stemcell).file("/tmp/ready").hasSize(7); // fails
     * }</pre>
     *
     * @param bytes the number of bytes
     * @return this assertion object
     */
    public FileAssert hasSize(long bytes) {
        Arguments.number("a size", bytes, 0, Long.MAX_VALUE);
        return that("have " + bytes + " bytes", file -> file.size() == bytes);
    }

    /**
     * Verifies that its content changed since a moment. SFTP has 32 bits for that, so that a time of 2106 or later seems to be 136 years
     * earlier, and one before 1890 as much later; in a guest that does not run, so does every one before 1970.
     *
     * <pre>{@code
     * Instant before = Instant.now();
     * stemcell.files().writeString("/tmp/ready", "ready\n");
     * assertThat(stemcell).file("/tmp/ready").wasModifiedSince(before); // passes
     * assertThat(stemcell).file("/usr/bin/id").wasModifiedSince(before); // fails
     * }</pre>
     *
     * @param time a moment by the guest's clock since which it did, of which whole seconds count
     * @return this assertion object
     */
    public FileAssert wasModifiedSince(Instant time) {
        Arguments.pastOfFiles(time);
        that(
                "be modified since " + time,
                this::modified,
                modified -> modified.getEpochSecond() >= time.getEpochSecond(),
                modified -> ", modified " + modified);
        return this;
    }

    /** SFTP has 32 bits for it, in which a time before 1970 seems to be one to come, of which the guest is asked. */
    private Instant modified(FileStat file) {
        if (Arguments.hasBeen(file.modified())) {
            return file.modified();
        }
        Command command = Command.of("stat", "-c", "%Y", "--", file.path());
        return StoppedGuest.orFiles(
                subject.stemcell(),
                () -> {
                    ExecResult result = subject.stemcell().inspect(command);
                    return result.isSuccess()
                            ? Instant.ofEpochSecond(
                                    Long.parseLong(result.stdout().strip()))
                            : file.modified();
                },
                file::modified);
    }

    /**
     * Verifies that a program gets these capabilities from its file, and no others, capabilities(7).
     *
     * <pre>{@code
     * stemcell.shell("cp /usr/bin/true /tmp/probe && setcap cap_net_raw=ep /tmp/probe");
     * assertThat(stemcell).file("/tmp/probe").hasCapabilities("cap_net_raw"); // passes
     * assertThat(stemcell).file("/tmp/probe").hasCapabilities("cap_chown"); // fails
     * assertThat(stemcell).file("/usr/bin/true").hasCapabilities("cap_net_raw"); // fails
     * }</pre>
     *
     * @param names all of those that are permitted, as {@code cap_net_raw}; at least one
     * @return this assertion object
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

    /**
     * Verifies that a program gets no capabilities from this file.
     *
     * <pre>{@code
     * stemcell.shell("cp /usr/bin/true /tmp/probe && setcap cap_net_raw=ep /tmp/probe");
     * assertThat(stemcell).file("/usr/bin/true").hasNoCapabilities(); // passes
     * assertThat(stemcell).file("/tmp/probe").hasNoCapabilities(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert hasNoCapabilities() {
        that(
                "have no capabilities",
                stat -> FileAttributes.capabilities(subject.stemcell(), stat.path()),
                Capabilities::areNone,
                found -> ", capabilities " + found);
        return this;
    }

    /**
     * Verifies that nobody can change it, not even root: {@code chattr +i}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/machine-id").isImmutable(); // passes with chattr +i, which takes a privileged container
     * assertThat(stemcell).file("/etc/passwd").isImmutable(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public FileAssert isImmutable() {
        return immutable("be immutable", true);
    }

    /**
     * Verifies that it can be changed as far as chattr(1) is concerned.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").isNotImmutable(); // passes
     * assertThat(stemcell).file("/etc/machine-id").isNotImmutable(); // fails with chattr +i, which takes a privileged container
     * assertThat(stemcell).file("/etc/no-such-file").isNotImmutable(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
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
     * Verifies that access lists have an entry beyond its mode, acl(5).
     *
     * <pre>{@code
     * assertThat(stemcell).file("/run/log/journal").hasAclEntry("default:group:adm:r-x"); // passes
     * assertThat(stemcell).file("/run/log/journal").hasAclEntry("user:vcap:r--"); // fails
     * assertThat(stemcell).file("/etc/passwd").hasAclEntry("user:vcap:r--"); // fails
     * }</pre>
     *
     * @param entry as getfacl(1) prints it, as {@code user:vcap:r--} or {@code default:group:adm:r-x}
     * @return this assertion object
     */
    public FileAssert hasAclEntry(String entry) {
        AccessList.entry(entry);
        return acl("have the ACL entry " + entry, acl -> acl.entries().contains(entry));
    }

    /**
     * Verifies that access lists say nothing beyond its mode.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").hasNoAcl(); // passes
     * assertThat(stemcell).file("/run/log/journal").hasNoAcl(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
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
     * <pre>{@code
     * assertThat(stemcell).file("/usr/sbin/cron").isOwnedByPackage("cron"); // passes
     * assertThat(stemcell).file("/etc/passwd").isOwnedByPackage("cron"); // fails
     * }</pre>
     *
     * @param name the name of the package, with or without its architecture
     * @return this assertion object
     */
    public FileAssert isOwnedByPackage(String name) {
        Arguments.packageName(name);
        return owners("be owned by the package " + name, owners -> owners.stream()
                .anyMatch(owner -> owner.equals(name) || owner.startsWith(name + ":")));
    }

    /**
     * Verifies that no package has brought it.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").isOwnedByNoPackage(); // passes
     * assertThat(stemcell).file("/usr/sbin/cron").isOwnedByNoPackage(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
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
     * Goes on with what is in this folder, and below it, which has to be one. What another file system has below it is left out, as by
     * {@code find -xdev}: a bind mount of the same file system is not.
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
