package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** The names of users and groups that own files, by number, as the name services of a guest have them. */
record OwnerNames(Map<String, String> users, Map<String, String> groups) {

    /**
     * Looks up names.
     *
     * @param owners numbers of a user and a group, with a colon between them
     */
    static OwnerNames of(StemcellContainer stemcell, Collection<String> owners) {
        return StoppedGuest.orFiles(
                stemcell,
                () -> new OwnerNames(names(stemcell, "passwd", owners, 0), names(stemcell, "group", owners, 1)),
                () -> of(Accounts.of(stemcell)));
    }

    private static OwnerNames of(Accounts accounts) {
        BinaryOperator<String> first = (one, other) -> one;
        return new OwnerNames(
                accounts.users().stream()
                        .collect(Collectors.toMap(user -> String.valueOf(user.uid()), GuestUser::name, first)),
                accounts.groups().stream()
                        .collect(Collectors.toMap(group -> String.valueOf(group.gid()), GuestGroup::name, first)));
    }

    private static Map<String, String> names(
            StemcellContainer stemcell, String database, Collection<String> owners, int field) {
        TreeSet<String> numbers =
                owners.stream().map(owner -> owner.split(":")[field]).collect(Collectors.toCollection(TreeSet::new));
        if (numbers.isEmpty()) {
            return Map.of();
        }
        List<String> argv = new ArrayList<>(List.of("getent", database, "--"));
        argv.addAll(numbers);
        // It ends with 2 where some have no name.
        return stemcell.inspect(Command.of(argv))
                .stdout()
                .lines()
                .map(line -> line.split(":"))
                .filter(part -> part.length > 2)
                .collect(Collectors.toMap(part -> part[2], part -> part[0], (first, other) -> first));
    }

    /** {@return both names with a colon between them, or the number of what has none} */
    String of(String owners) {
        String[] number = owners.split(":");
        return users.getOrDefault(number[0], number[0]) + ":" + groups.getOrDefault(number[1], number[1]);
    }
}
