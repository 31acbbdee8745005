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
     * Verifies that they are those, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).groups().withGid(0).hasOnlyNames("root"); // passes
     * assertThat(stemcell).groups().withGid(0).hasOnlyNames("root", "vcap"); // fails
     * }</pre>
     *
     * @param names the names of all of them, in any order; none: there are none
     * @return this assertion object
     */
    public GroupsAssert hasOnlyNames(String... names) {
        return hasOnly(Arguments.sorted(Arguments.anyTexts(names, Arguments::group)), GuestGroup::name);
    }

    /**
     * Verifies that no two of them have the same number.
     *
     * <pre>{@code
     * assertThat(stemcell).groups().haveUniqueGids(); // passes
     * stemcell.exec("groupadd", "--non-unique", "--gid", "4", "as-adm");
     * assertThat(stemcell).groups().haveUniqueGids(); // fails
     * stemcell.exec("groupdel", "as-adm");
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupsAssert haveUniqueGids() {
        return unique("have unique gids", GuestGroup::gid);
    }

    /**
     * Verifies that no two of them have the same name.
     *
     * <pre>{@code
     * assertThat(stemcell).groups().haveUniqueNames(); // passes
     * stemcell.shell("echo adm:x:4711: >>/etc/group");
     * assertThat(stemcell).groups().haveUniqueNames(); // fails
     * stemcell.shell("sed -i /^adm:x:4711:/d /etc/group");
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupsAssert haveUniqueNames() {
        return unique("have unique names", GuestGroup::name);
    }

    private GroupsAssert unique(String wanted, Function<GuestGroup, Object> key) {
        return that(
                wanted,
                groups ->
                        !groups.isEmpty() && groups.stream().map(key).distinct().count() == groups.size());
    }

    /**
     * Verifies that the password of each is in gshadow(5), and no hash in group(5), which everybody may read.
     *
     * <pre>{@code
     * assertThat(stemcell).groups().haveShadowedPasswords(); // passes
     * stemcell.shell("echo leaky:secret:4711: >>/etc/group");
     * assertThat(stemcell).groups().haveShadowedPasswords(); // fails
     * stemcell.shell("sed -i /^leaky:/d /etc/group");
     * }</pre>
     *
     * @return this assertion object
     */
    public GroupsAssert haveShadowedPasswords() {
        return each("have their passwords in /etc/gshadow", GuestGroup::isShadowed);
    }

    /**
     * Verifies that no password makes anybody a member of one of them for a time.
     *
     * <pre>{@code
     * assertThat(stemcell).groups().withGidBetween(1, 999).haveLockedPasswords(); // passes
     * stemcell.exec("groupadd", "--gid", "4711", "--password", "$6$salt$hash", "open");
     * assertThat(stemcell).groups().withGid(4711).haveLockedPasswords(); // fails
     * stemcell.exec("groupdel", "open");
     * }</pre>
     *
     * @return this assertion object
     */
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
