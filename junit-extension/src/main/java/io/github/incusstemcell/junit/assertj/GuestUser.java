package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Set;

/**
 * A user of a guest, as passwd(5), group(5) and shadow(5) have it.
 *
 * @param name the name
 * @param uid the number of the user, 0 to 4294967295
 * @param gid the number of the primary group
 * @param groups the names of all its groups, the primary one first
 * @param comment the field that holds the full name mostly
 * @param home what is written as home, there or not
 * @param shell what is written as login shell; empty stands for {@code /bin/sh}
 * @param password what stands in shadow for the password, its hash mostly; {@code *} where nothing does
 * @param isShadowed whether it does not stand in passwd, which everybody may read
 * @param aging how long the password lasts
 */
public record GuestUser(
        String name,
        long uid,
        long gid,
        List<String> groups,
        String comment,
        String home,
        String shell,
        String password,
        boolean isShadowed,
        PasswordAging aging) {

    private static final Set<String> NO_LOGIN =
            Set.of("/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false");

    /** Keeps the groups as they are. */
    public GuestUser {
        groups = List.copyOf(groups);
    }

    /** {@return whether no password lets anybody in as this user, as where what stands for it is no result of crypt(3), shadow(5)} */
    public boolean isLocked() {
        return PasswordHash.isLocked(password);
    }

    /** {@return whether its shell is another one than nologin and false} */
    public boolean hasLoginShell() {
        return !NO_LOGIN.contains(shell);
    }

    String words() {
        return "uid " + uid + ", gid " + gid + ", groups " + String.join(" ", groups) + ", home " + home + ", shell "
                + shell + ", password " + passwordWords();
    }

    private String passwordWords() {
        return password.isEmpty() ? "empty" : isLocked() ? "locked" : "set";
    }

    /** What may be said of the password, which is never shown itself. */
    String wordsOfPassword() {
        return "password " + passwordWords() + PasswordHash.wordsOf(password) + ", " + aging.words();
    }

    /** {@return all of it but the password, of which it says whether there is one} */
    @Override
    public String toString() {
        return name + " (" + words() + ")";
    }
}
