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
     * Verifies who they are.
     *
     * @param names the names of all of them, in any order; none: there are none
     * @return this
     */
    public UsersAssert hasOnlyNames(String... names) {
        return hasOnly(Arguments.sorted(Arguments.anyTexts(names, Arguments::user)), GuestUser::name);
    }

    /** {@return this, where no two of them have the same number} */
    public UsersAssert haveUniqueUids() {
        return unique("have unique uids", GuestUser::uid);
    }

    /** {@return this, where no two of them have the same name} */
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

    /** {@return this, where the password of each is in shadow(5), and no hash in passwd(5), which everybody may read} */
    public UsersAssert haveShadowedPasswords() {
        return each("have shadowed passwords", GuestUser::isShadowed);
    }

    /** {@return this, where none of them gets in with an empty password} */
    public UsersAssert haveNoEmptyPasswords() {
        return each("have no empty passwords", user -> !user.password().isEmpty());
    }

    /** {@return this, where no password lets anybody in as one of them} */
    public UsersAssert haveLockedPasswords() {
        return each("have locked passwords", GuestUser::isLocked);
    }

    /**
     * Verifies that the shell of each is nologin or false.
     *
     * @param except the names of those who may have another one, as {@code root} and {@code sync}
     * @return this
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
