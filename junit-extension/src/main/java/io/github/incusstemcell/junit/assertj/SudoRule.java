package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.List;

/**
 * One command of those that sudo lists for a user, sudoers(5).
 *
 * @param runAs as whom, as {@code ALL : ALL}
 * @param tag what it says of passwords itself
 * @param isTimed whether it is only for a time, so that it may be about no command
 * @param isDenial whether it takes a command away
 * @param command as {@code /usr/bin/systemctl restart cron}, behind digests of the file, one of which it has to have
 */
record SudoRule(String runAs, Tag tag, boolean isTimed, boolean isDenial, String command) {

    /** What a rule says of passwords; without one of sudo's tags that is for its options to say. */
    enum Tag {
        PASSWD,
        NOPASSWD,
        NONE
    }

    /** Whether a rule is about a command; sudo itself may have to look at files to know. */
    enum Match {
        YES,
        MAYBE,
        NO;

        Match and(Match other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    /** Of a command that may begin with digests and an exclamation mark. */
    static SudoRule ofCommand(String runAs, Tag tag, boolean isTimed, String command) {
        String plain = withoutDigests(command);
        String digests = command.substring(0, command.length() - plain.length());
        boolean isDenial = plain.startsWith("!");
        return new SudoRule(runAs, tag, isTimed, isDenial, digests + plain.substring(isDenial ? 1 : 0));
    }

    static String withoutDigests(String command) {
        return command.replaceFirst("^(sha\\d+:\\S+\\s+)+", "");
    }

    /** Whether it lets a user run something as himself alone, for which sudo asks nobody for a password. */
    boolean isOnlyAs(GuestUser user) {
        return SudoTarget.users(runAs).stream()
                .allMatch(name -> name.equals(user.name()) || name.equals("#" + user.uid()));
    }

    /** A command that it is about, whatever others say of it. */
    SudoTarget target() {
        return SudoTarget.of(runAs, command);
    }

    Match matches(SudoTarget target) {
        Match match = runsAs(runAs, target).and(command.equals(target.ofRule()) ? Match.YES : command(target));
        return isTimed ? match.and(Match.MAYBE) : match;
    }

    /** The last one that is about a command, behind those after it that may be. */
    static List<SudoRule> lastOnes(List<SudoRule> rules, SudoTarget target) {
        List<SudoRule> last = new ArrayList<>();
        for (int i = rules.size() - 1; i >= 0; i--) {
            Match match = rules.get(i).matches(target);
            if (match != Match.NO) {
                last.add(rules.get(i));
            }
            if (match == Match.YES) {
                break;
            }
        }
        return last;
    }

    /** Whether one of them is about a command for sure. */
    static boolean isSettled(List<SudoRule> rules, SudoTarget target) {
        return rules.stream().anyMatch(rule -> rule.matches(target) == Match.YES);
    }

    /** Whether somebody is among those as whom something may be run. */
    static Match runsAs(String runAs, SudoTarget target) {
        List<String> users = SudoTarget.users(runAs);
        List<String> wanted = target.users();
        if (users.equals(wanted)) {
            return Match.YES;
        }
        if (users.stream().anyMatch(user -> user.matches("[!%+].*"))) {
            return Match.MAYBE;
        }
        if (users.contains("ALL") || wanted.stream().allMatch(user -> isAmong(users, user))) {
            return Match.YES;
        }
        return wanted.stream().anyMatch(user -> user.matches("[!%+].*")) ? Match.MAYBE : Match.NO;
    }

    private static boolean isAmong(List<String> users, String user) {
        List<String> root = List.of("root", "#0");
        return users.contains(user) || root.contains(user) && users.stream().anyMatch(root::contains);
    }

    private Match command(SudoTarget target) {
        String inner = withoutDigests(command);
        if (!inner.equals(command)) {
            return new SudoRule(runAs, tag, isTimed, isDenial, inner)
                    .command(target)
                    .and(Match.MAYBE);
        }
        String plain = command.replaceAll("\\\\([,:=\\\\])", "$1");
        if (plain.equals("ALL")) {
            return Match.YES;
        }
        if (target.isAnyOther()) {
            return Match.NO;
        }
        // A pattern, or what else sudo may have learnt; sudoedit(8) runs nothing.
        String path = target.argv().get(0);
        if (!plain.startsWith("/")) {
            return plain.startsWith("sudoedit ") && !path.equals("sudoedit") ? Match.NO : Match.MAYBE;
        }
        String[] parts = plain.split(" ", 2);
        Match match = path(parts[0], path);
        List<String> arguments = target.argv().subList(1, target.argv().size());
        return parts.length == 1 ? match : match.and(arguments(parts[1], arguments));
    }

    /** Sudo takes one path for another where both have the same name and lead to the same file. */
    private static Match path(String wanted, String path) {
        String name = wanted.substring(wanted.lastIndexOf('/') + 1);
        boolean isNamed = name.isEmpty() || Glob.matches(name, path.substring(path.lastIndexOf('/') + 1));
        if (isWild(wanted)) {
            return isNamed || name.contains("\\") ? Match.MAYBE : Match.NO;
        }
        if (PackageFiles.merged(wanted).equals(PackageFiles.merged(path))) {
            return Match.YES;
        }
        return isNamed ? Match.MAYBE : Match.NO;
    }

    private static Match arguments(String wanted, List<String> arguments) {
        if (wanted.equals("\"\"")) {
            return arguments.isEmpty() ? Match.YES : Match.NO;
        }
        if (isWild(wanted) || wanted.startsWith("^")) {
            return Match.MAYBE;
        }
        return wanted.equals(String.join(" ", arguments)) ? Match.YES : Match.NO;
    }

    private static boolean isWild(String text) {
        return text.matches(".*[*?\\[\\\\].*");
    }
}
