package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all groups of {@code /etc/group}, in its order, or on some of them. A line there that is no group's fails all of them.
 * {@link #satisfies} is given a {@link GuestGroup} for each.
 */
public final class GroupsAssert extends GuestListAssert<GroupsAssert, GuestGroup> {

    GroupsAssert(Subject subject) {
        this(
                subject,
                new Many<>("the groups", () -> Accounts.of(subject.stemcell()).allGroups(), GuestGroup::name));
    }

    private GroupsAssert(Subject subject, Many<GuestGroup> many) {
        super(subject, many, GroupsAssert::new);
    }

    /**
     * Goes on with those of one number.
     *
     * @param gid the number
     * @return assertions on those
     */
    public GroupsAssert withGid(long gid) {
        Arguments.id(gid);
        return filtered("with the gid " + gid, group -> group.gid() == gid);
    }

    /**
     * Goes on with those of some numbers.
     *
     * @param least the least of the numbers
     * @param most the greatest of them, included
     * @return assertions on those
     */
    public GroupsAssert withGidBetween(long least, long most) {
        Arguments.ids(least, most);
        return filtered(
                "with gids from " + least + " to " + most, group -> group.gid() >= least && group.gid() <= most);
    }

    /**
     * Verifies which they are.
     *
     * @param names the names of all of them, in any order; none: there are none
     * @return this
     */
    public GroupsAssert hasOnlyNames(String... names) {
        return hasOnly(Arguments.sorted(Arguments.anyTexts(names, Arguments::group)), GuestGroup::name);
    }

    /** {@return this, where no two of them have the same number} */
    public GroupsAssert haveUniqueGids() {
        return unique("have unique gids", GuestGroup::gid);
    }

    /** {@return this, where no two of them have the same name} */
    public GroupsAssert haveUniqueNames() {
        return unique("have unique names", GuestGroup::name);
    }

    private GroupsAssert unique(String wanted, Function<GuestGroup, Object> key) {
        return that(
                wanted,
                groups ->
                        !groups.isEmpty() && groups.stream().map(key).distinct().count() == groups.size());
    }

    /** {@return this, where the password of each is in gshadow(5), and no hash in group(5), which everybody may read} */
    public GroupsAssert haveShadowedPasswords() {
        return each("have their passwords in /etc/gshadow", GuestGroup::isShadowed);
    }

    /** {@return this, where no password makes anybody a member of one of them for a time} */
    public GroupsAssert haveLockedPasswords() {
        return each("have locked passwords", GuestGroup::isLocked);
    }

    /**
     * Goes on with their names in plain AssertJ.
     *
     * @return assertions on the list, in the order of group(5)
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> names() {
        return plain(GuestGroup::name);
    }
}
