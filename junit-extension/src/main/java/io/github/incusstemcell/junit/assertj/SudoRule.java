package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command of those that {@code sudo -l} lists, sudoers(5).
 *
 * @param runAs as whom, as {@code ALL : ALL}
 * @param tag what it says of passwords itself
 * @param isDenial whether it takes a command away
 * @param command as {@code /usr/bin/systemctl restart cron}, with what comes before it, but tags
 */
record SudoRule(String runAs, Tag tag, boolean isDenial, String command) {

    private static final Pattern LINE = Pattern.compile("\\(([^)]*)\\) (.+)");
    private static final Pattern TAG = Pattern.compile("([A-Z_]+):\\s*(.*)");
    private static final Pattern OPTION = Pattern.compile("[A-Z_]+=\\S+\\s+(.*)");

    /** Of a file whose content is looked at, too. */
    private static final Pattern DIGEST = Pattern.compile("sha\\d+:\\S+\\s*(.*)");

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

    /** Those of a line as {@code (root) NOPASSWD: /bin/ls, PASSWD: /bin/cat, !/bin/cat /etc/x}; a tag is for all that come behind it. */
    static List<SudoRule> ofLine(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no rule of sudo");
        }
        List<SudoRule> rules = new ArrayList<>();
        Tag last = Tag.NONE;
        for (String item : parts.group(2).split("(?<!\\\\), ")) {
            String command = item.strip();
            Matcher tag = TAG.matcher(command);
            Matcher option = OPTION.matcher(command);
            while (tag.matches() || option.matches()) {
                if (tag.matches() && tag.group(1).endsWith("PASSWD")) {
                    last = Tag.valueOf(tag.group(1));
                }
                command = tag.matches() ? tag.group(2) : option.group(1);
                tag = TAG.matcher(command);
                option = OPTION.matcher(command);
            }
            rules.add(ofCommand(parts.group(1), last, command));
        }
        return rules;
    }

    /** Of a command that may begin with an exclamation mark. */
    static SudoRule ofCommand(String runAs, Tag tag, String command) {
        boolean isDenial = command.startsWith("!");
        return new SudoRule(runAs, tag, isDenial, command.substring(isDenial ? 1 : 0));
    }

    static String withoutDigest(String command) {
        Matcher digest = DIGEST.matcher(command);
        return digest.matches() ? digest.group(1) : command;
    }

    /** A command that it is about, whatever others say of it. */
    SudoTarget target() {
        return SudoTarget.of(runAs, command);
    }

    Match matches(SudoTarget target) {
        return runsAs(runAs, target).and(command.equals(target.ofRule()) ? Match.YES : command(target));
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
        String inner = withoutDigest(command);
        if (!inner.equals(command)) {
            return new SudoRule(runAs, tag, isDenial, inner).command(target).and(Match.MAYBE);
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
