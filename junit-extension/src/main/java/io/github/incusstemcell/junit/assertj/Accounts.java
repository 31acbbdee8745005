package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The users and groups of a guest, as passwd(5), group(5) and shadow(5) have them.
 *
 * @param strangers lines that are those of no user or group, and that fail only who asks for their names
 */
record Accounts(List<GuestUser> users, List<GuestGroup> groups, List<Stranger> strangers) {

    private static final String PASSWD = "/etc/passwd";
    private static final String GROUP = "/etc/group";
    private static final String SHADOW = "/etc/shadow";
    private static final String GSHADOW = "/etc/gshadow";
    private static final int SHADOW_FIELDS = 8;

    /** All that is read of them. */
    static final String[] FILES = {PASSWD, GROUP, SHADOW, GSHADOW};

    /** Prints the user, all groups with the first one of the user once more, which not each service lists, and the password. */
    private static final String GETENT_USER =
            "user=$(getent passwd -- \"$1\") || exit $?; printf '%s\\n--\\n' \"$user\";"
                    + " gid=${user#*:*:*:}; getent group -- \"${gid%%:*}\"; getent group || exit 1; echo --;"
                    + " getent shadow -- \"$1\"; printf -- '\\n--\\n'";

    /** Prints the group, all users, and the password. */
    private static final String GETENT_GROUP =
            "group=$(getent group -- \"$1\") || exit $?; printf '%s\\n--\\n' \"$group\";"
                    + " getent passwd || exit 1; echo --; getent gshadow -- \"$1\"; printf -- '\\n--\\n'";

    private static final int NOT_FOUND = 2;
    private static final int PARTS = 4;

    /** A line that says nothing of the account whose name it begins with. */
    private record Stranger(String path, String guest, String line) {

        boolean isOf(String table, String name) {
            return path.equals(table) && line.split(":", 2)[0].equals(name);
        }
    }

    static Accounts of(StemcellContainer stemcell) {
        return of(stemcell.name(), stemcell.files().prefetch(FILES));
    }

    static Accounts of(String guest, GuestFiles files) {
        return of(
                guest,
                files.readString(PASSWD),
                files.readString(GROUP),
                files.readString(SHADOW),
                files.exists(GSHADOW) ? files.readString(GSHADOW) : "");
    }

    static Accounts of(String guest, String users, String groups, String ofUsers, String ofGroups) {
        Table passwd = Table.of(guest, PASSWD, users, 7, 2, 3);
        Table group = Table.of(guest, GROUP, groups, 4, 2);
        Table shadow = Table.of(guest, SHADOW, ofUsers, 2);
        Table gshadow = Table.of(guest, GSHADOW, ofGroups, 4);
        passwd.requireRoot();
        group.requireRoot();
        List<Stranger> strangers = new ArrayList<>(passwd.strangers);
        strangers.addAll(group.strangers);
        strangers.addAll(shadow.strangers);
        strangers.addAll(gshadow.strangers);
        return of(passwd, group, shadow, gshadow, strangers);
    }

    private static Accounts of(Table passwd, Table group, Table shadow, Table gshadow, List<Stranger> strangers) {
        Map<String, String[]> passwords = new HashMap<>();
        shadow.lines.forEach(field -> passwords.putIfAbsent(field[0], field)); // The first is what counts.
        return new Accounts(
                passwd.lines.stream()
                        .map(field -> user(field, group.lines, passwords))
                        .toList(),
                group.lines.stream()
                        .map(field -> group(field, passwd.lines, gshadow.lines))
                        .toList(),
                strangers);
    }

    /**
     * The same with a user whom the name services know, nsswitch.conf(5), and all groups that they know: by getent(1), which knows of the
     * users of systemd's {@code DynamicUser=}, too.
     */
    static Accounts ofUserOfNameServices(StemcellContainer stemcell, String user) {
        return getent(stemcell, GETENT_USER, user)
                .map(text -> userOfGetent(stemcell.name(), user, text))
                .orElseGet(() -> of(stemcell).without(user, ""));
    }

    /** The same with a group that the name services know, and all users that they know. */
    static Accounts ofGroupOfNameServices(StemcellContainer stemcell, String group) {
        return getent(stemcell, GETENT_GROUP, group)
                .map(text -> groupOfGetent(stemcell.name(), group, text))
                .orElseGet(() -> of(stemcell).without("", group));
    }

    /** The same without a user and a group of whom the name services do not know, whatever files say. */
    private Accounts without(String user, String group) {
        return new Accounts(
                users.stream().filter(each -> !each.name().equals(user)).toList(),
                groups.stream().filter(each -> !each.name().equals(group)).toList(),
                List.of());
    }

    /** {@return what is printed; empty where the name services know nobody of that name} */
    private static Optional<String> getent(StemcellContainer stemcell, String script, String name) {
        ExecResult found =
                stemcell.inspect(Command.of("sh", "-c", script, "sh", name).environment("LC_ALL", "C"));
        return found.exitCode() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(found.requireWhole().stdout());
    }

    static Accounts userOfGetent(String guest, String user, String printed) {
        String[] part = printed.split("\n--\n", -1);
        Table passwd = Table.of(guest, PASSWD, part[0], 7, 2, 3);
        requireWhole(guest, "user " + user, passwd, part);
        return of(
                passwd,
                Table.of(guest, GROUP, part[1], 4, 2),
                Table.of(guest, SHADOW, part[2], 2),
                Table.of(guest, GSHADOW, "", 4),
                List.of());
    }

    static Accounts groupOfGetent(String guest, String group, String printed) {
        String[] part = printed.split("\n--\n", -1);
        Table table = Table.of(guest, GROUP, part[0], 4, 2);
        requireWhole(guest, "group " + group, table, part);
        return of(
                Table.of(guest, PASSWD, part[1], 7, 2, 3),
                table,
                Table.of(guest, SHADOW, "", 2),
                Table.of(guest, GSHADOW, part[2], 4),
                List.of());
    }

    private static void requireWhole(String guest, String account, Table asked, String... part) {
        if (asked.lines.isEmpty() || part.length < PARTS) {
            throw AssertionErrors.of(
                    "Expecting getent on " + guest + " to print the " + account + "\n  but was: " + part[0]);
        }
    }

    /** A table of lines with fields between colons. */
    private static final class Table {

        private final String path;
        private final String guest;
        private final List<String[]> lines = new ArrayList<>();
        private final List<Stranger> strangers = new ArrayList<>();

        private Table(String path, String guest) {
            this.path = path;
            this.guest = guest;
        }

        /**
         * Reads one. Comments and what NIS adds are nobody's lines, as nss(5) has it, where others may be.
         *
         * @param fields how many there are at least
         * @param numbers which of them are numbers
         */
        static Table of(String guest, String path, String text, int fields, int... numbers) {
            Table table = new Table(path, guest);
            for (String each : text.split("\n")) {
                String line = each.stripLeading(); // So does the library.
                if (!line.isEmpty() && "#+-".indexOf(line.charAt(0)) < 0) {
                    table.add(line, fields, numbers);
                }
            }
            return table;
        }

        private void add(String line, int fields, int... numbers) {
            String[] field = line.split(":", -1);
            boolean isAccount = field.length >= fields;
            for (int i = 0; isAccount && i < numbers.length; i++) {
                isAccount = field[numbers[i]].matches("\\d{1,10}") && number(field[numbers[i]]) <= 0xffff_ffffL;
            }
            boolean isShadow = path.equals(SHADOW);
            for (int i = 2; isAccount && isShadow && i < Math.min(field.length, SHADOW_FIELDS); i++) {
                isAccount = PasswordAging.isField(field[i]);
            }
            if (isAccount) {
                lines.add(field);
            } else {
                // What may be a hash is not for messages.
                boolean isSecret = isShadow || path.equals(GSHADOW);
                strangers.add(new Stranger(path, guest, isSecret ? field[0] + ":..." : line));
            }
        }

        /** Or a file that was emptied would say of everybody that there is no such user. */
        void requireRoot() {
            if (lines.stream().noneMatch(field -> number(field[2]) == 0)) {
                throw AssertionErrors.of(
                        "Expecting " + path + " on " + guest + " to be all there\n  but it has no root");
            }
        }
    }

    private static long number(String field) {
        return Long.parseLong(field);
    }

    private static GuestUser user(String[] field, List<String[]> groups, Map<String, String[]> passwords) {
        // The kernel knows groups by their numbers, of which one may have several names.
        Set<Long> numbers = new LinkedHashSet<>(Set.of(number(field[3])));
        groups.stream()
                .filter(group -> names(group[3]).contains(field[0]))
                .forEach(group -> numbers.add(number(group[2])));
        List<String> names = numbers.stream()
                .flatMap(number -> groups.stream().filter(group -> number(group[2]) == number))
                .map(group -> group[0])
                .distinct()
                .toList();
        // Where passwd points to shadow and nothing is there, no password lets anybody in.
        String[] shadow = passwords.getOrDefault(field[0], new String[] {field[0], "*"});
        boolean isShadowed = field[1].equals("x");
        return new GuestUser(
                field[0],
                number(field[2]),
                number(field[3]),
                names,
                field[4],
                field[5],
                field[6],
                isShadowed ? shadow[1] : field[1],
                isShadowed,
                aging(shadow));
    }

    private static PasswordAging aging(String[] shadow) {
        return shadow.length < SHADOW_FIELDS
                ? PasswordAging.NONE
                : PasswordAging.of(shadow[2], shadow[3], shadow[4], shadow[5], shadow[6], shadow[7]);
    }

    private static GuestGroup group(String[] field, List<String[]> users, List<String[]> secrets) {
        TreeSet<String> members = new TreeSet<>(names(field[3]));
        users.stream().filter(user -> number(user[3]) == number(field[2])).forEach(user -> members.add(user[0]));
        boolean isShadowed = field[1].equals("x");
        // Where group points to gshadow and nothing is there, no password lets anybody in.
        String[] secret = secrets.stream()
                .filter(other -> other[0].equals(field[0]))
                .findFirst()
                .orElse(new String[] {field[0], "*", "", ""});
        return new GuestGroup(
                field[0],
                number(field[2]),
                List.copyOf(members),
                isShadowed ? secret[1] : field[1],
                isShadowed,
                Arguments.sorted(names(secret[2])));
    }

    /** Of a list, in which the library passes over blanks before a name. */
    private static List<String> names(String list) {
        return Arrays.stream(list.split(","))
                .map(String::stripLeading)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** All of them, where each line is that of a user. */
    List<GuestUser> allUsers() {
        requireNoStranger(List.of(PASSWD, SHADOW), "users");
        return users;
    }

    /** All of them, where each line is that of a group. */
    List<GuestGroup> allGroups() {
        requireNoStranger(List.of(GROUP, GSHADOW), "groups");
        return groups;
    }

    private void requireNoStranger(List<String> paths, String what) {
        strangers.stream()
                .filter(stranger -> paths.contains(stranger.path()))
                .findFirst()
                .ifPresent(stranger -> {
                    throw AssertionErrors.of("Expecting all lines of " + stranger.path() + " on " + stranger.guest()
                            + " to be those of " + what + "\n  but there was: " + stranger.line());
                });
    }

    Optional<GuestUser> user(String name) {
        requireNoStranger(PASSWD, name, "a user, passwd(5)");
        requireNoStranger(SHADOW, name, "a password, shadow(5)");
        return users.stream().filter(user -> user.name().equals(name)).findFirst();
    }

    Optional<GuestGroup> group(String name) {
        requireNoStranger(GROUP, name, "a group, group(5)");
        requireNoStranger(GSHADOW, name, "a password, gshadow(5)");
        return groups.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    private void requireNoStranger(String path, String name, String what) {
        strangers.stream()
                .filter(stranger -> stranger.isOf(path, name))
                .findFirst()
                .ifPresent(stranger -> {
                    throw AssertionErrors.of("Expecting the line of " + name + " in " + path + " on " + stranger.guest()
                            + " to be one of " + what + "\n  but was: " + stranger.line());
                });
    }

    /** The number of a user, who has to be there. */
    long requireUser(String guest, String name) {
        return user(name)
                .orElseThrow(() -> AssertionErrors.of(
                        "Expecting user " + name + " on " + guest + " to exist\n  but " + noSuchUser(name)))
                .uid();
    }

    /** The name of a user, or its number where it has none. */
    String userName(long uid) {
        return users.stream()
                .filter(user -> user.uid() == uid)
                .map(GuestUser::name)
                .findFirst()
                .orElse(String.valueOf(uid));
    }

    /** The name of a group, or its number where it has none. */
    String groupName(long gid) {
        return groups.stream()
                .filter(group -> group.gid() == gid)
                .map(GuestGroup::name)
                .findFirst()
                .orElse(String.valueOf(gid));
    }

    String noSuchUser(String name) {
        return "there is no such user; the closest names: "
                + NearMisses.text(name, users.stream().map(GuestUser::name).toList());
    }

    String noSuchGroup(String name) {
        return "there is no such group; the closest names: "
                + NearMisses.text(name, groups.stream().map(GuestGroup::name).toList());
    }
}
