package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Assertions on one user, as {@code /etc/passwd}, {@code /etc/group} and {@code /etc/shadow} have it. A user that does not exist
 * fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given its {@link GuestUser}.
 */
public final class UserAssert extends GuestAssert<UserAssert, GuestUser> {

    private static final Set<String> NO_LOGIN =
            Set.of("/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false");

    private final Presence<Accounts, GuestUser> presence;

    UserAssert(Subject subject, String name) {
        super(subject);
        Arguments.user(name);
        this.presence = new Presence<>(
                subject,
                "user " + name,
                () -> Accounts.of(subject.stemcell()),
                accounts -> accounts.user(name),
                GuestUser::words,
                accounts -> accounts.noSuchUser(name));
    }

    @Override
    UserAssert that(String wanted, Predicate<GuestUser> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    boolean isThere() {
        return presence.isThere();
    }

    /** {@return this, where there is such a user} */
    public UserAssert exists() {
        return that("exist", user -> true);
    }

    /** {@return this, where there is no such user} */
    public UserAssert doesNotExist() {
        presence.isAbsent("not exist");
        return this;
    }

    /**
     * Checks the number.
     *
     * @param uid the number of the user
     * @return this
     */
    public UserAssert hasUid(long uid) {
        Arguments.id(uid);
        return that("have the uid " + uid, user -> user.uid() == uid);
    }

    /**
     * Checks the primary group.
     *
     * @param gid the number of that group
     * @return this
     */
    public UserAssert hasGid(long gid) {
        Arguments.id(gid);
        return that("have the gid " + gid, user -> user.gid() == gid);
    }

    /**
     * Checks the home.
     *
     * @param path what is written in passwd, there or not; not null
     * @return this
     */
    public UserAssert hasHome(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the home " + path, user -> user.home().equals(path));
    }

    /**
     * Checks the login shell.
     *
     * @param path what is written in passwd; not null
     * @return this
     */
    public UserAssert hasShell(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the shell " + path, user -> user.shell().equals(path));
    }

    /** {@return this, where its shell is nologin or false, so that nobody gets a shell as this user} */
    public UserAssert hasNoLoginShell() {
        return that("have no login shell", user -> NO_LOGIN.contains(user.shell()));
    }

    /** {@return this, where no password lets anybody in as this user} */
    public UserAssert hasLockedPassword() {
        return that("have a locked password", GuestUser::isLocked);
    }

    /**
     * Checks groups.
     *
     * @param groups names of groups, the primary one or others, among which it has to be; at least one
     * @return this
     */
    public UserAssert isInGroups(String... groups) {
        List<String> wanted = Arguments.texts(groups, "Every user is in all of no groups: name one", Arguments::group);
        return that("be in the groups " + String.join(" ", wanted), user -> user.groups()
                .containsAll(wanted));
    }

    /**
     * Checks a group.
     *
     * @param group the name of the group, which has to exist; not null
     * @return this
     */
    public UserAssert isNotInGroup(String group) {
        if (!new GroupAssert(subject.now(), group).isThere()) {
            return this;
        }
        return that("not be in the group " + group, user -> !user.groups().contains(group));
    }
}
