package io.github.incusstemcell.incus;

import java.util.Optional;

/** A line of {@code /etc/passwd}. */
record GuestUser(String name, long uid, long gid, String home, String shell) {

    private static final int FIELDS = 7;
    private static final long LARGEST_ID = 0xffff_ffffL;

    /** {@return the user of that name, or else of that number} */
    static Optional<GuestUser> find(String passwd, String nameOrUid) {
        return find(passwd, 0, nameOrUid).or(() -> find(passwd, 2, nameOrUid));
    }

    private static Optional<GuestUser> find(String passwd, int field, String value) {
        return passwd.lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length == FIELDS && isId(fields[2]) && isId(fields[3]))
                .filter(fields -> fields[field].equals(value))
                .map(GuestUser::of)
                .findFirst();
    }

    /** A line without is nobody's, as for the guest itself. */
    private static boolean isId(String field) {
        return field.matches("\\d{1,10}") && Long.parseLong(field) <= LARGEST_ID;
    }

    private static GuestUser of(String[] fields) {
        String home = fields[5].isEmpty() ? "/" : fields[5];
        String shell = fields[6].isEmpty() ? "/bin/sh" : fields[6];
        return new GuestUser(fields[0], Long.parseLong(fields[2]), Long.parseLong(fields[3]), home, shell);
    }
}
