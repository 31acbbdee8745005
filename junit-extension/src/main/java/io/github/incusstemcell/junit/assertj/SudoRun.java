package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.junit.assertj.SudoRights.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether sudo lets a user run a command as root. That it says itself, and runs nothing; whether it would ask for a password it says of no
 * command, so that this is taken from its rules, of which the last that is about the command counts.
 */
record SudoRun(List<String> argv, SudoRights rights, boolean isAllowed) {

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
        return new SudoRun(argv, SudoRights.of(stemcell, user), isAllowed);
    }

    boolean isAllowedWithoutPassword() {
        return isAllowed && !asks();
    }

    boolean isAllowedWithPassword() {
        return isAllowed && asks();
    }

    private boolean asks() {
        Set<Answer> answers = rights.answers(SudoTarget.asRoot(argv));
        answers.remove(Answer.DENIES);
        if (answers.size() != 1) {
            throw AssertionErrors.of("Expecting the rules of sudo for " + rights.what() + " to say whether "
                    + String.join(" ", argv) + " needs a password\n  but that cannot be told of them: "
                    + rights.words());
        }
        return answers.contains(Answer.ASKS);
    }
}
