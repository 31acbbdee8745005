package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command of those that {@code sudo -l} lists, sudoers(5).
 *
 * @param runAs as whom, as {@code ALL : ALL}
 * @param asks whether sudo asks for a password
 * @param isDenial whether it takes a command away
 * @param command as {@code /usr/bin/systemctl restart cron}, with what comes before it, but tags
 */
record SudoRule(String runAs, boolean asks, boolean isDenial, String command) {

    private static final Pattern LINE = Pattern.compile("\\(([^)]*)\\) (.+)");
    private static final Pattern TAG = Pattern.compile("([A-Z_]+):\\s*(.*)");
    private static final Pattern OPTION = Pattern.compile("[A-Z_]+=\\S+\\s+(.*)");

    /** Of a file whose content is looked at, too. */
    private static final Pattern DIGEST = Pattern.compile("sha\\d+:\\S+\\s*(.*)");

    /** Whether a rule is about a command; sudo itself may have to look at files to know. */
    enum Match {
        YES,
        MAYBE,
        NO;

        Match and(Match other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    /**
     * Those of a line as {@code (root) NOPASSWD: /bin/ls, PASSWD: /bin/cat, !/bin/cat /etc/x}; a tag is for all that come behind it.
     *
     * @param asks whether sudo asks for a password where no tag says so
     */
    static List<SudoRule> ofLine(String line, boolean asks) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no rule of sudo");
        }
        List<SudoRule> rules = new ArrayList<>();
        boolean isAsking = asks;
        for (String item : parts.group(2).split("(?<!\\\\), ")) {
            String command = item.strip();
            Matcher tag = TAG.matcher(command);
            Matcher option = OPTION.matcher(command);
            while (tag.matches() || option.matches()) {
                if (tag.matches()) {
                    isAsking = tag.group(1).equals("PASSWD")
                            || isAsking && !tag.group(1).equals("NOPASSWD");
                }
                command = tag.matches() ? tag.group(2) : option.group(1);
                tag = TAG.matcher(command);
                option = OPTION.matcher(command);
            }
            boolean isDenial = command.startsWith("!");
            rules.add(new SudoRule(parts.group(1), isAsking, isDenial, command.substring(isDenial ? 1 : 0)));
        }
        return rules;
    }

    /**
     * Whether it is about a command that is run as root.
     *
     * @param argv an absolute path, and its arguments
     */
    Match matches(List<String> argv) {
        return asRoot().and(command(argv));
    }

    private Match asRoot() {
        String users = runAs.replaceFirst("\\s*:.*", "");
        if (users.matches(".*[!%+].*")) {
            return Match.MAYBE;
        }
        return Arrays.stream(users.split(",\\s*")).anyMatch(List.of("ALL", "root", "#0")::contains)
                ? Match.YES
                : Match.NO;
    }

    private Match command(List<String> argv) {
        Matcher digest = DIGEST.matcher(command);
        if (digest.matches()) {
            return new SudoRule(runAs, asks, isDenial, digest.group(1))
                    .command(argv)
                    .and(Match.MAYBE);
        }
        String plain = command.replaceAll("\\\\([,:=\\\\])", "$1");
        if (plain.equals("ALL")) {
            return Match.YES;
        }
        // A pattern, or what else sudo may have learnt; sudoedit(8) runs nothing.
        if (!plain.startsWith("/")) {
            return plain.startsWith("sudoedit ") ? Match.NO : Match.MAYBE;
        }
        String[] parts = plain.split(" ", 2);
        Match path = path(parts[0], argv.get(0));
        return parts.length == 1 ? path : path.and(arguments(parts[1], argv.subList(1, argv.size())));
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
