package io.github.incusstemcell.junit.assertj;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Assertions on one user, as {@code /etc/passwd}, {@code /etc/group} and {@code /etc/shadow} have it. A user that does not exist
 * fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given its {@link GuestUser}.
 */
public final class UserAssert extends GuestObjectAssert<UserAssert, GuestUser> {

    private final String name;
    private final Presence<?, GuestUser> password;

    UserAssert(Subject subject, String name) {
        this(subject, name, () -> Accounts.of(subject.stemcell()));
    }

    /** A user whom the name services of the guest know, which may be in no file. */
    static UserAssert ofNameServices(Subject subject, String name) {
        return new UserAssert(subject, name, () -> Accounts.ofUserOfNameServices(subject.stemcell(), name));
    }

    private UserAssert(Subject subject, String name, Supplier<Accounts> reading) {
        super(new Presence<>(
                subject,
                "user " + Arguments.user(name),
                reading,
                accounts -> accounts.user(name),
                GuestUser::words,
                accounts -> accounts.noSuchUser(name)));
        this.name = name;
        this.password = presence.inWords(GuestUser::wordsOfPassword);
    }

    private UserAssert password(String wanted, Predicate<GuestUser> holds) {
        password.holds(wanted, holds);
        return this;
    }

    private UserAssert days(String what, Function<PasswordAging, OptionalLong> field, long days) {
        Arguments.number("a number of days", days, 0, Integer.MAX_VALUE);
        return password("have a password with " + days + " " + what + " days", user -> field.apply(user.aging())
                .equals(OptionalLong.of(days)));
    }

    /**
     * Goes on with the variables that a login shell of the user has, as {@code su - user} starts one. A user who cannot log in fails all of
     * them.
     *
     * @return assertions on them
     */
    @CheckReturnValue
    public SettingsAssert loginEnvironment() {
        return Configurations.loginEnvironment(subject, name);
    }

    /** {@return this, where there is such a user} */
    public UserAssert exists() {
        return that("exist", user -> true);
    }

    /** {@return this, where there is no such user} */
    public UserAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies the number.
     *
     * @param uid the number of the user
     * @return this
     */
    public UserAssert hasUid(long uid) {
        Arguments.id(uid);
        return that("have the uid " + uid, user -> user.uid() == uid);
    }

    /**
     * Verifies the primary group.
     *
     * @param gid the number of that group
     * @return this
     */
    public UserAssert hasGid(long gid) {
        Arguments.id(gid);
        return that("have the gid " + gid, user -> user.gid() == gid);
    }

    /**
     * Verifies the home.
     *
     * @param path what is written in passwd, there or not
     * @return this
     */
    public UserAssert hasHome(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the home " + path, user -> user.home().equals(path));
    }

    /**
     * Verifies the login shell.
     *
     * @param path what is written in passwd
     * @return this
     */
    public UserAssert hasShell(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the shell " + path, user -> user.shell().equals(path));
    }

    /** {@return this, where its shell is nologin or false, so that nobody gets a shell as this user} */
    public UserAssert hasNoLoginShell() {
        return that("have no login shell", user -> !user.hasLoginShell());
    }

    /** {@return this, where no password lets anybody in as this user} */
    public UserAssert hasLockedPassword() {
        return that("have a locked password", GuestUser::isLocked);
    }

    /** {@return this, where it has an empty password, with which anybody may get in} */
    public UserAssert hasEmptyPassword() {
        return password("have an empty password", user -> user.password().isEmpty());
    }

    /**
     * Verifies how the hash of its password was made; a locked one, with an exclamation mark before the hash, counts, too.
     *
     * @param hash the way, as {@code SHA512CRYPT}
     * @return this
     */
    public UserAssert hasPasswordHash(PasswordHash hash) {
        Objects.requireNonNull(hash, "hash");
        return password("have a password hash by " + hash, user -> hash.isOf(user.password()));
    }

    /**
     * Verifies for how long a password may not be changed again.
     *
     * @param days the days, as written in shadow(5)
     * @return this
     */
    public UserAssert hasPasswordMinDays(long days) {
        return days("min", PasswordAging::minDays, days);
    }

    /**
     * Verifies after what time a password has to be changed.
     *
     * @param days the days, as written in shadow(5)
     * @return this
     */
    public UserAssert hasPasswordMaxDays(long days) {
        return days("max", PasswordAging::maxDays, days);
    }

    /**
     * Verifies how long before that its user is warned.
     *
     * @param days the days, as written in shadow(5)
     * @return this
     */
    public UserAssert hasPasswordWarnDays(long days) {
        return days("warn", PasswordAging::warnDays, days);
    }

    /** {@return this, where the password need never be changed: without a maximum of days, or with one of 99999} */
    public UserAssert hasPasswordThatNeverExpires() {
        return password(
                "have a password that never expires", user -> user.aging().isForEver());
    }

    /** {@return this, where nobody gets in as this user any more, by the day in UTC of the machine on which the test runs} */
    public UserAssert isExpired() {
        return password("be expired", user -> user.aging().isExpiredOn(LocalDate.now(ZoneOffset.UTC)));
    }

    /** {@return this, where the account has not expired by the day in UTC of the machine on which the test runs} */
    public UserAssert isNotExpired() {
        return password("not be expired", user -> !user.aging().isExpiredOn(LocalDate.now(ZoneOffset.UTC)));
    }

    /** {@return this, where sudo lets it run something, by {@code sudo -l}} */
    public UserAssert mayUseSudo() {
        return sudo("be allowed to use sudo", rights -> !rights.rules().isEmpty());
    }

    /** {@return this, where sudo lets it run nothing} */
    public UserAssert mayNotUseSudo() {
        return sudo("not be allowed to use sudo", rights -> rights.rules().isEmpty());
    }

    /** {@return this, where sudo lets it run something without a password} */
    public UserAssert mayUseSudoWithoutPassword() {
        return sudo("be allowed to use sudo without password", SudoRights::areWithoutPassword);
    }

    /** {@return this, where sudo wants a password for all that it lets it run, which has to be something} */
    public UserAssert needsPasswordForSudo() {
        return sudo("need a password for sudo", rights -> !rights.rules().isEmpty() && !rights.areWithoutPassword());
    }

    private UserAssert sudo(String wanted, Predicate<SudoRights> holds) {
        if (!presence.isThere()) {
            return this;
        }
        Observation<SudoRights> seen = new Observation<>(subject.timing(), holds, SudoRights::words)
                .polling(() -> SudoRights.of(subject.stemcell(), name));
        subject.verify("user " + name, wanted, seen, SudoRights::words);
        return this;
    }

    /**
     * Verifies groups.
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
     * Verifies a group.
     *
     * @param group the name of the group, which has to exist
     * @return this
     */
    public UserAssert isNotInGroup(String group) {
        if (!new GroupAssert(subject.now(), group).isThere()) {
            return this;
        }
        return that("not be in the group " + group, user -> !user.groups().contains(group));
    }
}
