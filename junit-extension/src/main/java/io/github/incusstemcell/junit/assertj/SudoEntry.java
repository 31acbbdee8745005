package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands that a user may run as the same users and on the same terms, as {@code sudo -ll} lists them, sudo(8). Before 1.9.12 its short
 * form leaves out tags where a rule goes on for other users.
 *
 * @param runAs as whom, as {@code ALL : ALL}
 * @param terms what else sudoers(5) says of them, as {@code CWD=/tmp}, but for tags
 * @param commands each with what stands before it, but tags
 */
record SudoEntry(String runAs, List<String> terms, Tag tag, List<String> commands) {

    private static final Pattern HEAD = Pattern.compile("(?m)^(?=(?:Sudoers entry|LDAP Role|SSSD Role):)");
    private static final Pattern FIELD = Pattern.compile(" {4}([^:]+): *(.*)");

    /** What {@code sudo -ll} printed, from which sudo takes no entry where it prints none. */
    static List<SudoEntry> allOf(String listing) {
        return Arrays.stream(HEAD.split(listing))
                .filter(entry -> HEAD.matcher(entry).lookingAt())
                .map(SudoEntry::of)
                .toList();
    }

    private static SudoEntry of(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        List<String> commands = new ArrayList<>();
        for (String line : text.lines().skip(1).filter(line -> !line.isBlank()).toList()) {
            Matcher field = FIELD.matcher(line);
            if (line.startsWith("\t")) {
                commands.add(line.strip());
            } else if (field.matches()) {
                fields.put(field.group(1), field.group(2).strip());
            } else {
                throw new IllegalArgumentException("no part of a rule of sudo");
            }
        }
        String users = fields.remove("RunAsUsers");
        String groups = fields.remove("RunAsGroups");
        List<String> options = List.of(fields.getOrDefault("Options", "").split(",\\s*"));
        if (users == null || commands.isEmpty()) {
            throw new IllegalArgumentException("no rule of sudo");
        }
        fields.keySet().removeAll(List.of("Options", "Commands"));
        return new SudoEntry(
                users + (groups == null ? "" : " : " + groups),
                fields.entrySet().stream()
                        .map(field -> field.getKey().toUpperCase(Locale.ROOT) + "=" + field.getValue())
                        .toList(),
                options.contains("!authenticate")
                        ? Tag.NOPASSWD
                        : options.contains("authenticate") ? Tag.PASSWD : Tag.NONE,
                List.copyOf(commands));
    }

    List<SudoRule> rules() {
        return commands.stream()
                .map(command -> SudoRule.ofCommand(runAs, tag, isTimed(), command))
                .toList();
    }

    /** Whether it is only for a time, which may be over or yet to come. */
    private boolean isTimed() {
        return terms.stream().anyMatch(term -> term.matches("NOT(BEFORE|AFTER)=.*"));
    }

    /** As sudoers(5) has it. */
    String words() {
        StringBuilder words = new StringBuilder("(").append(runAs).append(") ");
        terms.forEach(term -> words.append(term).append(' '));
        return words.append(tag == Tag.NONE ? "" : tag + ": ")
                .append(String.join(", ", commands))
                .toString();
    }
}
