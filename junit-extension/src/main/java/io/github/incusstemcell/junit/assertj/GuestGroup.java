package io.github.incusstemcell.junit.assertj;

import java.util.List;

/**
 * A group of a guest, as group(5) and passwd(5) have it.
 *
 * @param name the name; not null
 * @param gid the number of the group, 0 to 4294967295
 * @param members the names of its users, by letter, those included whose primary group it is; not null
 */
public record GuestGroup(String name, long gid, List<String> members) {

    /** Keeps the members as they are. */
    public GuestGroup {
        members = List.copyOf(members);
    }

    String words() {
        return "gid " + gid + ", " + (members.isEmpty() ? "no members" : "members " + String.join(" ", members));
    }

    @Override
    public String toString() {
        return name + " (" + words() + ")";
    }
}
