package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Assertions on one group, as {@code /etc/group}, {@code /etc/gshadow} and {@code /etc/passwd} have it. A group that does not exist fails
 * all of them but {@link #doesNotExist()}. Its members are those named in it, and those whose primary group it is. {@link #satisfies} is
 * given its {@link GuestGroup}.
 */
public final class GroupAssert extends GuestObjectAssert<GroupAssert, GuestGroup> {

    private final Presence<?, GuestGroup> password;

    GroupAssert(Subject subject, String name) {
        this(subject, name, () -> Accounts.of(subject.stemcell()));
    }

    /** A group that the name services of the guest know, which may be in no file. */
    static GroupAssert ofNameServices(Subject subject, String name) {
        return new GroupAssert(subject, name, () -> Accounts.ofGroupOfNameServices(subject.stemcell(), name));
    }

    private GroupAssert(Subject subject, String name, Supplier<Accounts> reading) {
        super(new Presence<>(
                subject,
                "group " + Arguments.group(name),
                reading,
                accounts -> accounts.group(name),
                GuestGroup::words,
                accounts -> accounts.noSuchGroup(name)));
        this.password = presence.inWords(GuestGroup::wordsOfPassword);
    }

    /**
     * Verifies that there is such a group.
     *
     * <pre>{@code
     * assertThat(stemcell).group("vcap").exists(); // passes
     * assertThat(stemcell).group("no-such-group").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupAssert exists() {
        return that("exist", group -> true);
    }

    /**
     * Verifies that there is no such group.
     *
     * <pre>{@code
     * assertThat(stemcell).group("no-such-group").doesNotExist(); // passes
     * assertThat(stemcell).group("vcap").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies that the group has this number.
     *
     * <pre>{@code
     * assertThat(stemcell).group("vcap").hasGid(1000); // passes
     * assertThat(stemcell).group("vcap").hasGid(1001); // fails
     * }</pre>
     *
     * @param gid the number of the group
     * @return this assertion object
     */
    public GroupAssert hasGid(long gid) {
        Arguments.id(gid);
        return that("have the gid " + gid, group -> group.gid() == gid);
    }

    /**
     * Verifies that no password makes anybody a member for a time, newgrp(1).
     *
     * <pre>{@code
     * assertThat(stemcell).group("vcap").hasLockedPassword(); // passes
     * stemcell.exec("groupadd", "--password", "$6$salt$hash", "web");
     * assertThat(stemcell).group("web").hasLockedPassword(); // fails
     * stemcell.exec("groupdel", "web");
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupAssert hasLockedPassword() {
        password.holds("have a locked password", GuestGroup::isLocked);
        return this;
    }

    /**
     * Verifies that the group has an empty password. Unlike that of a user it lets nobody in, newgrp(1), but says that nobody thought of it.
     *
     * <pre>{@code
     * stemcell.exec("groupadd", "--password", "", "web");
     * assertThat(stemcell).group("web").hasEmptyPassword(); // passes
     * stemcell.exec("groupdel", "web");
     * assertThat(stemcell).group("vcap").hasEmptyPassword(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupAssert hasEmptyPassword() {
        password.holds("have an empty password", group -> group.password().isEmpty());
        return this;
    }

    /**
     * Verifies that the hash of the group's password was made in a way; a locked one, with an exclamation mark before the hash, counts, too.
     *
     * <pre>{@code
     * stemcell.exec("groupadd", "--password", "$6$salt$hash", "web");
     * assertThat(stemcell).group("web").hasPasswordHash(SHA512CRYPT); // passes
     * assertThat(stemcell).group("web").hasPasswordHash(YESCRYPT); // fails
     * stemcell.exec("groupdel", "web");
     * }</pre>
     *
     * @param hash the way, as {@code SHA512CRYPT}
     * @return this assertion object
     */
    public GroupAssert hasPasswordHash(PasswordHash hash) {
        Objects.requireNonNull(hash, "hash");
        presence.inWords(GuestGroup::wordsOfHash)
                .holds("have a password hash by " + hash, group -> hash.isOf(group.password()));
        return this;
    }

    /**
     * Verifies that nobody else may change its members and password, gshadow(5).
     *
     * <pre>{@code
     * assertThat(stemcell).group("vcap").hasOnlyAdministrators(); // passes
     * assertThat(stemcell).group("vcap").hasOnlyAdministrators("root"); // fails
     * }</pre>
     *
     * @param users the names of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public GroupAssert hasOnlyAdministrators(String... users) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(users, Arguments::user)));
        password.holds(
                wanted.isEmpty()
                        ? "have no administrators"
                        : "have only the administrators " + String.join(" ", wanted),
                group -> group.administrators().equals(wanted));
        return this;
    }

    /**
     * Verifies that a user is a member.
     *
     * <pre>{@code
     * assertThat(stemcell).group("bosh_sshers").hasMember("vcap"); // passes
     * assertThat(stemcell).group("bosh_sshers").hasMember("root"); // fails
     * }</pre>
     *
     * @param user the name of the user
     * @return this assertion object
     */
    public GroupAssert hasMember(String user) {
        Arguments.user(user);
        return that("have the member " + user, group -> group.members().contains(user));
    }

    /**
     * Verifies that a user is no member.
     *
     * <pre>{@code
     * assertThat(stemcell).group("bosh_sshers").doesNotHaveMember("root"); // passes
     * assertThat(stemcell).group("bosh_sshers").doesNotHaveMember("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public GroupAssert doesNotHaveMember(String user) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return that("not have the member " + user, group -> !group.members().contains(user));
    }

    /**
     * Verifies that these users are its members, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).group("bosh_sshers").hasOnlyMembers("vcap"); // passes
     * assertThat(stemcell).group("bosh_sshers").hasOnlyMembers("vcap", "root"); // fails
     * }</pre>
     *
     * @param users the names of the users, in any order; none: the group is empty
     * @return this assertion object
     */
    public GroupAssert hasOnlyMembers(String... users) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(users, Arguments::user)));
        return that(
                wanted.isEmpty() ? "have no members" : "have only the members " + String.join(" ", wanted),
                group -> group.members().equals(wanted));
    }
}
