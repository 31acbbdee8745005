package io.github.incusstemcell.junit.assertj;

import java.util.List;
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

    /** {@return this, where there is such a group} */
    public GroupAssert exists() {
        return that("exist", group -> true);
    }

    /** {@return this, where there is no such group} */
    public GroupAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies the number.
     *
     * @param gid the number of the group
     * @return this
     */
    public GroupAssert hasGid(long gid) {
        Arguments.id(gid);
        return that("have the gid " + gid, group -> group.gid() == gid);
    }

    /** {@return this, where no password makes anybody a member for a time, newgrp(1)} */
    public GroupAssert hasLockedPassword() {
        password.holds("have a locked password", GuestGroup::isLocked);
        return this;
    }

    /**
     * Verifies who may change its members and password, gshadow(5).
     *
     * @param users the names of all of them, in any order; none: there are none
     * @return this
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
     * Verifies a member.
     *
     * @param user the name of the user
     * @return this
     */
    public GroupAssert hasMember(String user) {
        Arguments.user(user);
        return that("have the member " + user, group -> group.members().contains(user));
    }

    /**
     * Verifies that somebody is no member.
     *
     * @param user the name of the user, who has to exist
     * @return this
     */
    public GroupAssert doesNotHaveMember(String user) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return that("not have the member " + user, group -> !group.members().contains(user));
    }

    /**
     * Verifies all members.
     *
     * @param users the names of the users, in any order; none: the group is empty
     * @return this
     */
    public GroupAssert hasOnlyMembers(String... users) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(users, Arguments::user)));
        return that(
                wanted.isEmpty() ? "have no members" : "have only the members " + String.join(" ", wanted),
                group -> group.members().equals(wanted));
    }
}
