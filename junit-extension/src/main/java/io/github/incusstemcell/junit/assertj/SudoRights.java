package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What sudo lets a user run, sudo(8).
 *
 * @param lines those of rules that {@code sudo -l} has, as {@code (ALL : ALL) NOPASSWD: ALL}; none where it lets the user run nothing
 * @param rules each of the commands in them
 * @param asks whether it asks for a password where a rule says neither (sudoers(5), authenticate)
 * @param isWhole whether nothing but rules and that says when it asks
 */
record SudoRights(List<String> lines, List<SudoRule> rules, boolean asks, boolean isWhole) {

    /** Among the options that sudo lists before the rules. */
    private static final Pattern DOES_NOT_ASK = Pattern.compile("(?m)^ +[^( ].*!authenticate\\b|^ +!authenticate\\b");

    /** For some commands, for some of those as whom they are run, or for a group. */
    private static final Pattern ASKS_SOMETIMES =
            Pattern.compile("(?m)^ +Defaults[!>].*\\bauthenticate\\b|^ +[^( ].*\\bexempt_group=");

    static SudoRights of(StemcellContainer stemcell, GuestUser user) {
        Command command = Command.of("sudo", "-n", "-l", "-U", user.name()).environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        List<String> lines = result.stdout()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("("))
                .toList();
        boolean isDenial = result.stdout().contains(" is not allowed to run sudo on ");
        if (result.isTruncated() || lines.isEmpty() != isDenial || (!isDenial && !result.isSuccess())) {
            throw AssertionErrors.ofExit(
                    "Asking what " + user.name() + " may run on " + stemcell.name() + " by '" + command + "'", result);
        }
        boolean asks = !DOES_NOT_ASK.matcher(result.stdout()).find();
        List<SudoRule> rules = lines.stream()
                .flatMap(line ->
                        GuestLine.read("rules of sudo on " + stemcell.name(), line, rule -> SudoRule.ofLine(rule, asks))
                                .stream())
                .toList();
        return new SudoRights(
                lines, rules, asks, !ASKS_SOMETIMES.matcher(result.stdout()).find());
    }

    boolean areWithoutPassword() {
        return rules.stream().anyMatch(rule -> !rule.isDenial() && !rule.asks());
    }

    String words() {
        return lines.isEmpty()
                ? "sudo allows nothing"
                : "sudo allows " + String.join("; ", lines) + (asks ? "" : ", without authentication");
    }
}
