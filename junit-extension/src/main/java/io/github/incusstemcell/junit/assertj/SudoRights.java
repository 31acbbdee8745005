package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What sudo lets a user run, sudo(8).
 *
 * @param rules one for each line that {@code sudo -l} has, as {@code (ALL : ALL) NOPASSWD: ALL}; none where it lets the user run nothing
 * @param asks whether it asks for a password where a rule says neither (sudoers(5), authenticate)
 */
record SudoRights(List<String> rules, boolean asks) {

    /** Among the options that sudo lists before the rules. */
    private static final Pattern DOES_NOT_ASK = Pattern.compile("(?m)^ +[^( ].*!authenticate\\b|^ +!authenticate\\b");

    static SudoRights of(StemcellContainer stemcell, String user) {
        Command command = Command.of("sudo", "-n", "-l", "-U", user).environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        List<String> rules = result.stdout()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("("))
                .toList();
        boolean isDenial = result.stdout().contains(" is not allowed to run sudo on ");
        if (result.isTruncated() || rules.isEmpty() != isDenial || (!isDenial && !result.isSuccess())) {
            throw AssertionErrors.ofExit(
                    "Asking what " + user + " may run on " + stemcell.name() + " by '" + command + "'", result);
        }
        return new SudoRights(rules, !DOES_NOT_ASK.matcher(result.stdout()).find());
    }

    boolean areWithoutPassword() {
        return rules.stream().anyMatch(rule -> rule.contains("NOPASSWD:") || !asks && !rule.contains("PASSWD:"));
    }

    String words() {
        return rules.isEmpty()
                ? "sudo allows nothing"
                : "sudo allows " + String.join("; ", rules) + (asks ? "" : ", without authentication");
    }
}
