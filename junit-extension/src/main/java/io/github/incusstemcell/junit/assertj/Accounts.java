package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The users and groups of a guest, as passwd(5), group(5) and shadow(5) have them. */
record Accounts(List<User> users, List<Group> groups) {

    private static final String PASSWD = "/etc/passwd";
    private static final String GROUP = "/etc/group";
    private static final String SHADOW = "/etc/shadow";

    /**
     * A user.
     *
     * @param groups the names of all its groups, the primary one first
     * @param password what stands in its place in shadow
     */
    record User(String name, int uid, int gid, List<String> groups, String home, String shell, String password) {

        boolean isLocked() {
            return password.startsWith("!") || password.startsWith("*");
        }

        String words() {
            return "uid " + uid + ", gid " + gid + ", groups " + String.join(" ", groups) + ", home " + home
                    + ", shell " + shell + ", password "
                    + (password.isEmpty() ? "empty" : isLocked() ? "locked" : "set");
        }
    }

    /**
     * A group.
     *
     * @param members the names of its users, by letter, those included whose primary group it is
     */
    record Group(String name, int gid, List<String> members) {

        String words() {
            return "gid " + gid + ", " + (members.isEmpty() ? "no members" : "members " + String.join(" ", members));
        }
    }

    static Accounts of(StemcellContainer stemcell) {
        Map<String, String> passwords = new HashMap<>();
        lines(stemcell, SHADOW, 2, field -> passwords.put(field[0], field[1]));
        List<String[]> users = lines(stemcell, PASSWD, 7, field -> field);
        List<String[]> groups = lines(stemcell, GROUP, 4, field -> field);
        requireRoot(stemcell, PASSWD, users);
        requireRoot(stemcell, GROUP, groups);
        return new Accounts(
                users.stream().map(field -> user(field, groups, passwords)).toList(),
                groups.stream().map(field -> group(field, users)).toList());
    }

    /** Or a file that was emptied would say of everybody that there is no such user. */
    private static void requireRoot(StemcellContainer stemcell, String path, List<String[]> lines) {
        if (lines.stream().noneMatch(field -> field[2].equals("0"))) {
            throw new AssertionError(
                    "Expecting " + path + " on " + stemcell.name() + " to be all there\n  but it has no root");
        }
    }

    private static User user(String[] field, List<String[]> groups, Map<String, String> passwords) {
        List<String> names = new ArrayList<>();
        groups.stream()
                .filter(group -> group[2].equals(field[3]))
                .map(group -> group[0])
                .forEach(names::add);
        groups.stream()
                .filter(group -> List.of(group[3].split(",")).contains(field[0]))
                .map(group -> group[0])
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        // Where passwd points to shadow and nothing is there, no password lets anybody in.
        String password = field[1].equals("x") ? passwords.getOrDefault(field[0], "*") : field[1];
        return new User(
                field[0], Integer.parseInt(field[2]), Integer.parseInt(field[3]), names, field[5], field[6], password);
    }

    private static Group group(String[] field, List<String[]> users) {
        TreeSet<String> members = new TreeSet<>(List.of(field[3].split(",")));
        members.remove("");
        users.stream().filter(user -> user[3].equals(field[2])).forEach(user -> members.add(user[0]));
        return new Group(field[0], Integer.parseInt(field[2]), List.copyOf(members));
    }

    private static <T> List<T> lines(
            StemcellContainer stemcell, String path, int fields, Function<String[], T> reading) {
        List<T> all = new ArrayList<>();
        for (String line : stemcell.files().readString(path).split("\n")) {
            String[] field = line.split(":", -1);
            if (field.length < fields) {
                if (line.isBlank()) {
                    continue;
                }
                throw new AssertionError("Expecting each line of " + path + " on " + stemcell.name() + " to have "
                        + fields + " fields or more\n  but was: " + line);
            }
            all.add(reading.apply(field));
        }
        return all;
    }

    Optional<User> user(String name) {
        return users.stream().filter(user -> user.name().equals(name)).findFirst();
    }

    /** The name of a user, or its number where it has none. */
    String userName(int uid) {
        return users.stream()
                .filter(user -> user.uid() == uid)
                .map(User::name)
                .findFirst()
                .orElse(String.valueOf(uid));
    }

    /** The name of a group, or its number where it has none. */
    String groupName(int gid) {
        return groups.stream()
                .filter(group -> group.gid() == gid)
                .map(Group::name)
                .findFirst()
                .orElse(String.valueOf(gid));
    }

    Optional<Group> group(String name) {
        return groups.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    String noSuchUser(String name) {
        return "there is no such user; the closest names: "
                + String.join(
                        ", ", NearMisses.of(name, users.stream().map(User::name).toList()));
    }

    String noSuchGroup(String name) {
        return "there is no such group; the closest names: "
                + String.join(
                        ", ",
                        NearMisses.of(name, groups.stream().map(Group::name).toList()));
    }
}
