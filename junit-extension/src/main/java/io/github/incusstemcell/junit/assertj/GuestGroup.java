package io.github.incusstemcell.junit.assertj;

import java.util.List;

/**
 * A group of a guest, as group(5), gshadow(5) and passwd(5) have it.
 *
 * @param name the name
 * @param gid the number of the group, 0 to 4294967295
 * @param members the names of its users, by letter, those included whose primary group it is
 * @param password what stands in gshadow for the password, with which others become members for a time; {@code *} where nothing does
 * @param isShadowed whether it does not stand in group, which everybody may read
 * @param administrators the names of those who may change members and password, by letter
 */
public record GuestGroup(
        String name, long gid, List<String> members, String password, boolean isShadowed, List<String> administrators) {

    /** Keeps the lists as they are. */
    public GuestGroup {
        members = List.copyOf(members);
        administrators = List.copyOf(administrators);
    }

    /** {@return whether no password makes anybody a member, as where what stands for it is no result of crypt(3), gshadow(5)} */
    public boolean isLocked() {
        return PasswordHash.isLocked(password);
    }

    /** What may be said of the password, which is never shown itself. */
    String wordsOfPassword() {
        return wordsOfPassword("");
    }

    /** The same with how its hash was made. */
    String wordsOfHash() {
        return wordsOfPassword(PasswordHash.wordsOf(password));
    }

    private String wordsOfPassword(String hash) {
        return "password " + (password.isEmpty() ? "empty" : isLocked() ? "locked" : "set") + hash
                + (isShadowed ? "" : " in /etc/group") + ", "
                + (administrators.isEmpty()
                        ? "no administrators"
                        : "administrators " + String.join(" ", administrators));
    }

    String words() {
        return "gid " + gid + ", " + (members.isEmpty() ? "no members" : "members " + String.join(" ", members));
    }

    /** {@return all of it but the password} */
    @Override
    public String toString() {
        return name + " (" + words() + ")";
    }
}
