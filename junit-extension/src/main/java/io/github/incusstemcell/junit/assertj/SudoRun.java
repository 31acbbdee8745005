package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Whether sudo lets a user run a command as root. That it says itself, and runs nothing; whether it would ask for a password it says of no
 * command, so that this is taken from its rules, of which the last that is about the command counts.
 */
record SudoRun(String what, List<String> argv, SudoRights rights, boolean isRoot, boolean isAllowed) {

    /** Which sudo tells, and goes on. */
    private static final String UNRESOLVED = "sudo: unable to resolve host ";

    static SudoRun of(StemcellContainer stemcell, GuestUser user, List<String> argv) {
        List<String> words = new ArrayList<>(List.of("sudo", "-n", "-l", "-U", user.name(), "-u", "root", "--"));
        words.addAll(argv);
        Command command = Command.of(words).environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        boolean isQuiet = result.stderr().lines().allMatch(line -> line.startsWith(UNRESOLVED));
        boolean isDenial = result.exitCode() == 1 && result.stdout().isBlank() && isQuiet;
        boolean isAllowed = result.isSuccess() && !result.stdout().isBlank();
        if (!isDenial && !isAllowed) {
            throw AssertionErrors.ofExit(
                    "Asking whether " + user.name() + " may run " + String.join(" ", argv) + " on " + stemcell.name()
                            + " by '" + command + "'",
                    result);
        }
        return new SudoRun(
                "user " + user.name() + " on " + stemcell.name(),
                argv,
                SudoRights.of(stemcell, user),
                user.uid() == 0,
                isAllowed);
    }

    boolean isAllowedWithoutPassword() {
        return isAllowed && !asks();
    }

    boolean isAllowedWithPassword() {
        return isAllowed && asks();
    }

    /** Root is never asked, whatever the rules say (see {@code sudoers(5)}). */
    private boolean asks() {
        if (isRoot) {
            return false;
        }
        TreeSet<Boolean> answers = new TreeSet<>();
        for (int i = rights.rules().size() - 1; i >= 0; i--) {
            SudoRule rule = rights.rules().get(i);
            SudoRule.Match match = rule.isDenial() ? SudoRule.Match.NO : rule.matches(argv);
            if (match != SudoRule.Match.NO) {
                answers.add(rule.asks());
            }
            if (match == SudoRule.Match.YES) {
                break;
            }
        }
        if (answers.size() != 1 || !rights.isWhole()) {
            throw AssertionErrors.of("Expecting the rules of sudo for " + what + " to say whether "
                    + String.join(" ", argv) + " needs a password\n  but that cannot be told of them: "
                    + rights.words());
        }
        return answers.first();
    }
}
