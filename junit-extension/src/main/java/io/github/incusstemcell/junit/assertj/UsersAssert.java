package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all users of {@code /etc/passwd}, in its order, or on some of them. A line there or in {@code /etc/shadow} that is no user's
 * fails all of them. {@link #satisfies} is given a {@link GuestUser} for each.
 */
public final class UsersAssert extends GuestListAssert<UsersAssert, GuestUser> {

    UsersAssert(Subject subject) {
        this(
                subject,
                new Many<>("the users", () -> Accounts.of(subject.stemcell()).allUsers(), GuestUser::name));
    }

    private UsersAssert(Subject subject, Many<GuestUser> many) {
        super(subject, many, UsersAssert::new);
    }

    /**
     * Goes on with those of one number.
     *
     * @param uid the number
     * @return assertions on those
     */
    public UsersAssert withUid(long uid) {
        Arguments.id(uid);
        return filtered("with the uid " + uid, user -> user.uid() == uid);
    }

    /**
     * Goes on with those of some numbers: on Debian and Ubuntu 1 to 999 are the system's own, 1000 to 59999 people.
     *
     * @param least the least of the numbers
     * @param most the greatest of them, included
     * @return assertions on those
     */
    public UsersAssert withUidBetween(long least, long most) {
        Arguments.ids(least, most);
        return filtered("with uids from " + least + " to " + most, user -> user.uid() >= least && user.uid() <= most);
    }

    /**
     * Verifies that they have these names, and that there are no others.
     *
     * <pre>{@code
     * assertThat(stemcell).users().withUid(0).hasOnlyNames("root"); // passes
     * assertThat(stemcell).users().withUidBetween(0, 1).hasOnlyNames("root"); // fails
     * }</pre>
     *
     * @param names the names of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public UsersAssert hasOnlyNames(String... names) {
        return hasOnly(Arguments.sorted(Arguments.anyTexts(names, Arguments::user)), GuestUser::name);
    }

    /**
     * Verifies that no two of them have the same number.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveUniqueUids(); // passes
     * stemcell.exec("useradd", "--non-unique", "--uid", "1000", "clara");
     * assertThat(stemcell).users().haveUniqueUids(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UsersAssert haveUniqueUids() {
        return unique("have unique uids", GuestUser::uid);
    }

    /**
     * Verifies that no two of them have the same name.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveUniqueNames(); // passes
     * stemcell.files().append("/etc/passwd", "vcap:x:1234:1234::/:/bin/sh\n");
     * assertThat(stemcell).users().haveUniqueNames(); // fails
     * stemcell.exec("sed", "-i", "/:1234:1234:/d", "/etc/passwd");
     * }</pre>
     *
     * @return this assertion object
     */
    public UsersAssert haveUniqueNames() {
        return unique("have unique names", GuestUser::name);
    }

    private UsersAssert unique(String wanted, Function<GuestUser, Object> key) {
        return that(
                wanted,
                users -> !users.isEmpty() && users.stream().map(key).distinct().count() == users.size(),
                users -> users.isEmpty() ? none() : "these share one: " + sharing(users, key));
    }

    private static String sharing(List<GuestUser> users, Function<GuestUser, Object> key) {
        Map<Object, List<String>> names = users.stream()
                .collect(Collectors.groupingBy(key, Collectors.mapping(GuestUser::name, Collectors.toList())));
        return names.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> String.join(" ", entry.getValue()) + " (" + entry.getKey() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /**
     * Verifies that the password of each of them is in shadow(5), and no hash in passwd(5), which everybody may read.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveShadowedPasswords(); // passes
     * stemcell.files().append("/etc/passwd", "clara:$6$salt$hash:1234:1234::/:/bin/sh\n");
     * assertThat(stemcell).users().haveShadowedPasswords(); // fails
     * stemcell.exec("sed", "-i", "/:1234:1234:/d", "/etc/passwd");
     * }</pre>
     *
     * @return this assertion object
     */
    public UsersAssert haveShadowedPasswords() {
        return each("have shadowed passwords", GuestUser::isShadowed);
    }

    /**
     * Verifies that none of them gets in with an empty password.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveNoEmptyPasswords(); // passes
     * stemcell.exec("useradd", "--password", "", "guest");
     * assertThat(stemcell).users().haveNoEmptyPasswords(); // fails
     * stemcell.exec("userdel", "guest");
     * }</pre>
     *
     * @return this assertion object
     */
    public UsersAssert haveNoEmptyPasswords() {
        return each("have no empty passwords", user -> !user.password().isEmpty());
    }

    /**
     * Verifies that no password lets anybody in as one of them.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveLockedPasswords(); // passes
     * stemcell.shell("useradd clara && echo clara:secret | chpasswd");
     * assertThat(stemcell).users().haveLockedPasswords(); // fails
     * stemcell.exec("userdel", "clara");
     * }</pre>
     *
     * @return this assertion object
     */
    public UsersAssert haveLockedPasswords() {
        return each("have locked passwords", GuestUser::isLocked);
    }

    /**
     * Verifies that the shell of each of them is nologin or false.
     *
     * <pre>{@code
     * assertThat(stemcell).users().haveNoLoginShell("root", "vcap"); // passes
     * assertThat(stemcell).users().haveNoLoginShell("root"); // fails
     * }</pre>
     *
     * @param except the names of those who may have another one, as {@code root} and {@code sync}
     * @return this assertion object
     */
    public UsersAssert haveNoLoginShell(String... except) {
        List<String> excepted = Arguments.anyTexts(except, Arguments::user);
        return each(
                "have no login shell" + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                user -> !user.hasLoginShell() || excepted.contains(user.name()));
    }

    /**
     * Goes on with their names in plain AssertJ.
     *
     * @return assertions on the list, in the order of passwd
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> names() {
        return plain(GuestUser::name);
    }
}
