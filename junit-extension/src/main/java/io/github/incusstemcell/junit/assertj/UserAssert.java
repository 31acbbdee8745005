package io.github.incusstemcell.junit.assertj;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    /**
     * Verifies that there is such a user.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").exists(); // passes
     * assertThat(stemcell).user("wcap").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert exists() {
        return that("exist", user -> true);
    }

    /**
     * Verifies that there is no such user.
     *
     * <pre>{@code
     * assertThat(stemcell).user("wcap").doesNotExist(); // passes
     * assertThat(stemcell).user("vcap").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies that the user has a number.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").hasUid(1000); // passes
     * assertThat(stemcell).user("vcap").hasUid(0); // fails
     * }</pre>
     *
     * @param uid the number of the user
     * @return this assertion object
     */
    public UserAssert hasUid(long uid) {
        Arguments.id(uid);
        return that("have the uid " + uid, user -> user.uid() == uid);
    }

    /**
     * Verifies that the primary group of the user has a number.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").hasGid(1000); // passes
     * assertThat(stemcell).user("vcap").hasGid(0); // fails
     * }</pre>
     *
     * @param gid the number of that group
     * @return this assertion object
     */
    public UserAssert hasGid(long gid) {
        Arguments.id(gid);
        return that("have the gid " + gid, user -> user.gid() == gid);
    }

    /**
     * Verifies that the user has a home, there or not.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").hasHome("/home/vcap"); // passes
     * assertThat(stemcell).user("vcap").hasHome("/root"); // fails
     * }</pre>
     *
     * @param path what is written in passwd
     * @return this assertion object
     */
    public UserAssert hasHome(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the home " + path, user -> user.home().equals(path));
    }

    /**
     * Verifies that the user has a login shell.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").hasShell("/bin/bash"); // passes
     * assertThat(stemcell).user("vcap").hasShell("/bin/sh"); // fails
     * }</pre>
     *
     * @param path what is written in passwd
     * @return this assertion object
     */
    public UserAssert hasShell(String path) {
        Objects.requireNonNull(path, "path");
        return that("have the shell " + path, user -> user.shell().equals(path));
    }

    /**
     * Verifies that the shell of the user is nologin or false, so that nobody gets a shell as this user.
     *
     * <pre>{@code
     * assertThat(stemcell).user("nobody").hasNoLoginShell(); // passes
     * assertThat(stemcell).user("vcap").hasNoLoginShell(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert hasNoLoginShell() {
        return that("have no login shell", user -> !user.hasLoginShell());
    }

    /**
     * Verifies that no password lets anybody in as this user.
     *
     * <pre>{@code
     * assertThat(stemcell).user("nobody").hasLockedPassword(); // passes
     * stemcell.shell("useradd clara && echo clara:secret | chpasswd");
     * assertThat(stemcell).user("clara").hasLockedPassword(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert hasLockedPassword() {
        return that("have a locked password", GuestUser::isLocked);
    }

    /**
     * Verifies that the user has an empty password, with which anybody may get in.
     *
     * <pre>{@code
     * stemcell.exec("useradd", "--password", "", "guest");
     * assertThat(stemcell).user("guest").hasEmptyPassword(); // passes
     * stemcell.exec("userdel", "guest");
     * assertThat(stemcell).user("vcap").hasEmptyPassword(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert hasEmptyPassword() {
        return password("have an empty password", user -> user.password().isEmpty());
    }

    /**
     * Verifies that the hash of the user's password was made in a way; a locked one, with an exclamation mark before the hash, counts, too.
     *
     * <pre>{@code
     * stemcell.shell("useradd clara && echo clara:secret | chpasswd --crypt-method SHA512");
     * assertThat(stemcell).user("clara").hasPasswordHash(SHA512CRYPT); // passes
     * assertThat(stemcell).user("clara").hasPasswordHash(YESCRYPT); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @param hash the way, as {@code SHA512CRYPT}
     * @return this assertion object
     */
    public UserAssert hasPasswordHash(PasswordHash hash) {
        Objects.requireNonNull(hash, "hash");
        return password("have a password hash by " + hash, user -> hash.isOf(user.password()));
    }

    /**
     * Verifies that a new password of the user may not be changed again for so many days.
     *
     * <pre>{@code
     * stemcell.exec("sed", "-Ei", "s/^(vcap:[^:]+:[^:]+):[0-9]{0,5}:/\\1:1:/", "/etc/shadow");
     * assertThat(stemcell).user("vcap").hasPasswordMinDays(1); // passes
     * assertThat(stemcell).user("vcap").hasPasswordMinDays(7); // fails
     * }</pre>
     *
     * @param days the days, as written in shadow(5)
     * @return this assertion object
     */
    public UserAssert hasPasswordMinDays(long days) {
        return days("min", PasswordAging::minDays, days);
    }

    /**
     * Verifies that the password of the user has to be changed after so many days.
     *
     * <pre>{@code
     * stemcell.exec("chage", "--maxdays", "99999", "vcap");
     * assertThat(stemcell).user("vcap").hasPasswordMaxDays(99_999); // passes
     * assertThat(stemcell).user("vcap").hasPasswordMaxDays(90); // fails
     * }</pre>
     *
     * @param days the days, as written in shadow(5)
     * @return this assertion object
     */
    public UserAssert hasPasswordMaxDays(long days) {
        return days("max", PasswordAging::maxDays, days);
    }

    /**
     * Verifies that the user is warned so many days before the password has to be changed.
     *
     * <pre>{@code
     * stemcell.exec("chage", "--warndays", "7", "vcap");
     * assertThat(stemcell).user("vcap").hasPasswordWarnDays(7); // passes
     * assertThat(stemcell).user("vcap").hasPasswordWarnDays(14); // fails
     * }</pre>
     *
     * @param days the days, as written in shadow(5)
     * @return this assertion object
     */
    public UserAssert hasPasswordWarnDays(long days) {
        return days("warn", PasswordAging::warnDays, days);
    }

    /**
     * Verifies that the password of the user need never be changed: without a maximum of days, or with one of 99999.
     *
     * <pre>{@code
     * assertThat(stemcell).user("root").hasPasswordThatNeverExpires(); // passes
     * stemcell.exec("useradd", "--key", "PASS_MAX_DAYS=90", "clara");
     * assertThat(stemcell).user("clara").hasPasswordThatNeverExpires(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert hasPasswordThatNeverExpires() {
        return password(
                "have a password that never expires", user -> user.aging().isForEver());
    }

    /**
     * Verifies that nobody gets in as this user any more, by the day in UTC of the machine on which the test runs: since the day on which the
     * account expires, or since its password, too old to be changed, has been inactive, shadow(5).
     *
     * <pre>{@code
     * stemcell.exec("useradd", "--expiredate", "2020-01-01", "clara");
     * assertThat(stemcell).user("clara").isExpired(); // passes
     * stemcell.exec("userdel", "clara");
     * assertThat(stemcell).user("vcap").isExpired(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert isExpired() {
        return password("be expired", user -> user.aging().isExpiredOn(LocalDate.now(ZoneOffset.UTC)));
    }

    /**
     * Verifies that the account has not expired by the day in UTC of the machine on which the test runs; see {@link #isExpired}.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").isNotExpired(); // passes
     * stemcell.exec("useradd", "--expiredate", "2020-01-01", "clara");
     * assertThat(stemcell).user("clara").isNotExpired(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert isNotExpired() {
        return password("not be expired", user -> !user.aging().isExpiredOn(LocalDate.now(ZoneOffset.UTC)));
    }

    /**
     * Verifies that the account has no day on which it expires.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").neverExpires(); // passes
     * stemcell.exec("useradd", "--expiredate", "2199-01-01", "clara");
     * assertThat(stemcell).user("clara").neverExpires(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert neverExpires() {
        return password("never expire", user -> user.aging().expires().isEmpty());
    }

    /**
     * Verifies that sudo lets the user run something, by {@code sudo -ll}. Where all that it may run is for a time, {@code NOTBEFORE} and
     * {@code NOTAFTER}, that fails, since sudo does not say whether it is that time.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").mayUseSudo(); // passes
     * assertThat(stemcell).user("nobody").mayUseSudo(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert mayUseSudo() {
        return sudo("be allowed to use sudo", SudoRights::allowSomething);
    }

    /**
     * Verifies that sudo lets the user run nothing, at no time.
     *
     * <pre>{@code
     * assertThat(stemcell).user("nobody").mayNotUseSudo(); // passes
     * assertThat(stemcell).user("vcap").mayNotUseSudo(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert mayNotUseSudo() {
        return sudo("not be allowed to use sudo", rights -> !rights.allowSomething());
    }

    /**
     * Verifies that sudo lets the user run something without a password: by a rule of its own, which no later rule takes back, by the
     * options {@code authenticate} and {@code exempt_group}, those for some commands included, or because it is root. Where a pattern
     * leaves open which commands those are, or all are for a time, {@code NOTBEFORE} and {@code NOTAFTER}, that fails.
     *
     * <p>Sudo asks nobody who runs a command as himself, which counts here where a rule is for the user alone, and not where it is for
     * others as well.
     *
     * <pre>{@code
     * stemcell.exec("useradd", "--groups", "bosh_sudoers", "clara");
     * assertThat(stemcell).user("clara").mayUseSudoWithoutPassword(); // passes
     * stemcell.exec("userdel", "clara");
     * assertThat(stemcell).user("vcap").mayUseSudoWithoutPassword(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert mayUseSudoWithoutPassword() {
        return sudo("be allowed to use sudo without password", SudoRights::areWithoutPassword);
    }

    /**
     * Verifies that sudo wants a password for all that it lets the user run, which has to be something; see
     * {@link #mayUseSudoWithoutPassword}.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").needsPasswordForSudo(); // passes
     * assertThat(stemcell).user("nobody").needsPasswordForSudo(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UserAssert needsPasswordForSudo() {
        return sudo("need a password for sudo", rights -> rights.allowSomething() && !rights.areWithoutPassword());
    }

    private UserAssert sudo(String wanted, Predicate<SudoRights> holds) {
        find().ifPresent(user -> {
            Observation<SudoRights> seen = new Observation<>(subject.timing(), holds, SudoRights::words)
                    .polling(() -> SudoRights.of(subject.stemcell(), user));
            subject.verify("user " + name, wanted, seen, SudoRights::words);
        });
        return this;
    }

    /**
     * Verifies that sudo lets the user run a command as root, with a password or without. Nothing is run.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").mayRunBySudo("/usr/bin/systemctl", "restart", "cron"); // passes
     * assertThat(stemcell).user("nobody").mayRunBySudo("/usr/bin/systemctl", "restart", "cron"); // fails
     * }</pre>
     *
     * @param command the absolute path of a program, which has to exist
     * @param arguments all of its arguments; none: it is run without any
     * @return this assertion object
     */
    public UserAssert mayRunBySudo(String command, String... arguments) {
        return run("be allowed to run %s by sudo", SudoRun::isAllowed, command, arguments);
    }

    /**
     * Verifies that sudo does not let the user run a command as root.
     *
     * <pre>{@code
     * assertThat(stemcell).user("nobody").mayNotRunBySudo("/usr/bin/systemctl", "restart", "cron"); // passes
     * assertThat(stemcell).user("vcap").mayNotRunBySudo("/usr/bin/systemctl", "restart", "cron"); // fails
     * }</pre>
     *
     * @param command the absolute path of a program, which has to exist
     * @param arguments all of its arguments; none: it is run without any
     * @return this assertion object
     */
    public UserAssert mayNotRunBySudo(String command, String... arguments) {
        return run("not be allowed to run %s by sudo", run -> !run.isAllowed(), command, arguments);
    }

    /**
     * Verifies that sudo lets the user run a command as root, and wants no password for it. Where its rules leave open which of them is
     * about the command, that fails.
     *
     * <pre>{@code
     * stemcell.exec("useradd", "--groups", "bosh_sudoers", "clara");
     * assertThat(stemcell).user("clara").mayRunBySudoWithoutPassword("/usr/bin/systemctl", "restart", "cron"); // passes
     * stemcell.exec("userdel", "clara");
     * assertThat(stemcell).user("vcap").mayRunBySudoWithoutPassword("/usr/bin/systemctl", "restart", "cron"); // fails
     * }</pre>
     *
     * @param command the absolute path of a program, which has to exist
     * @param arguments all of its arguments; none: it is run without any
     * @return this assertion object
     */
    public UserAssert mayRunBySudoWithoutPassword(String command, String... arguments) {
        return run(
                "be allowed to run %s by sudo without password", SudoRun::isAllowedWithoutPassword, command, arguments);
    }

    /**
     * Verifies that sudo lets the user run a command as root, and wants a password for it. Where its rules leave open which of them is
     * about the command, that fails. Sudo before 1.9.12 leaves something out, see {@link #mayUseSudoWithoutPassword}.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").needsPasswordToRunBySudo("/usr/bin/systemctl", "restart", "cron"); // passes
     * assertThat(stemcell).user("nobody").needsPasswordToRunBySudo("/usr/bin/systemctl", "restart", "cron"); // fails
     * }</pre>
     *
     * @param command the absolute path of a program, which has to exist
     * @param arguments all of its arguments; none: it is run without any
     * @return this assertion object
     */
    public UserAssert needsPasswordToRunBySudo(String command, String... arguments) {
        return run("need a password to run %s by sudo", SudoRun::isAllowedWithPassword, command, arguments);
    }

    private UserAssert run(String wanted, Predicate<SudoRun> holds, String command, String... arguments) {
        List<String> argv = new ArrayList<>(List.of(Arguments.plainPath(command)));
        argv.addAll(Arguments.anyTexts(arguments, Arguments::text));
        find().ifPresent(user -> {
            Observation<SudoRun> seen = new Observation<>(
                            subject.timing(), holds, run -> run.rights().words())
                    .polling(() -> SudoRun.of(subject.stemcell(), user, argv));
            subject.verify(
                    "user " + name,
                    String.format(Locale.ROOT, wanted, String.join(" ", argv)),
                    seen,
                    run -> run.rights().words());
        });
        return this;
    }

    /**
     * Verifies that the user is in groups, the primary one included, whatever others there are.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").isInGroups("admin", "bosh_sshers"); // passes
     * assertThat(stemcell).user("vcap").isInGroups("admin", "root"); // fails
     * }</pre>
     *
     * @param groups the names of the groups; at least one
     * @return this assertion object
     */
    public UserAssert isInGroups(String... groups) {
        List<String> wanted = Arguments.texts(groups, "Every user is in all of no groups: name one", Arguments::group);
        return that("be in the groups " + String.join(" ", wanted), user -> user.groups()
                .containsAll(wanted));
    }

    /**
     * Verifies that the user is not in a group.
     *
     * <pre>{@code
     * assertThat(stemcell).user("vcap").isNotInGroup("root"); // passes
     * assertThat(stemcell).user("vcap").isNotInGroup("admin"); // fails
     * }</pre>
     *
     * @param group the name of the group, which has to exist
     * @return this assertion object
     */
    public UserAssert isNotInGroup(String group) {
        if (!new GroupAssert(subject.now(), group).isThere()) {
            return this;
        }
        return that("not be in the group " + group, user -> !user.groups().contains(group));
    }
}
