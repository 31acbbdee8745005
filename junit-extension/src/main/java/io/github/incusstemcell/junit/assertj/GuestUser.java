package io.github.incusstemcell.junit.assertj;

import java.util.List;

/**
 * A user of a guest, as passwd(5), group(5) and shadow(5) have it.
 *
 * @param name the name; not null
 * @param uid the number of the user, 0 to 4294967295
 * @param gid the number of the primary group
 * @param groups the names of all its groups, the primary one first; not null
 * @param comment the field that holds the full name mostly; not null
 * @param home what is written as home, there or not; not null
 * @param shell what is written as login shell; empty stands for {@code /bin/sh}; not null
 * @param password what stands in shadow for the password, its hash mostly; {@code *} where nothing does; not null
 */
public record GuestUser(
        String name,
        long uid,
        long gid,
        List<String> groups,
        String comment,
        String home,
        String shell,
        String password) {

    /** Keeps the groups as they are. */
    public GuestUser {
        groups = List.copyOf(groups);
    }

    /** {@return whether no password lets anybody in as this user} */
    public boolean isLocked() {
        return password.startsWith("!") || password.startsWith("*");
    }

    String words() {
        return "uid " + uid + ", gid " + gid + ", groups " + String.join(" ", groups) + ", home " + home + ", shell "
                + shell + ", password " + (password.isEmpty() ? "empty" : isLocked() ? "locked" : "set");
    }

    /** {@return all of it but the password, of which it says whether there is one} */
    @Override
    public String toString() {
        return name + " (" + words() + ")";
    }
}
