package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A command that somebody may want to run by sudo, or one of those that a rule is about, which stands for what is left of the rule where
 * others take a part of it away.
 *
 * @param runAs as whom, as rules have it
 * @param argv an absolute path, and its arguments
 * @param ofRule the command as the rule has it; empty where it is no rule's
 */
record SudoTarget(String runAs, List<String> argv, String ofRule) {

    /** Of a rule for all commands: one that no other rule names. */
    private static final String ANY_OTHER = "";

    /** Of a rule without arguments, which is for all: some that no other rule names. */
    private static final String ANY_ARGUMENT = "\0";

    static SudoTarget asRoot(List<String> argv) {
        return new SudoTarget("root", List.copyOf(argv), "");
    }

    static SudoTarget of(String runAs, String command) {
        String plain = SudoRule.withoutDigests(command).replaceAll("\\\\([,:=\\\\])", "$1");
        List<String> argv = new ArrayList<>(List.of(plain.split(" ")));
        if (plain.equals("ALL")) {
            argv.set(0, ANY_OTHER);
        } else if (argv.size() == 1) {
            argv.add(ANY_ARGUMENT);
        } else if (plain.endsWith(" \"\"")) {
            argv.remove(1);
        }
        return new SudoTarget(runAs, List.copyOf(argv), command);
    }

    boolean isAnyOther() {
        return argv.get(0).equals(ANY_OTHER);
    }

    List<String> users() {
        return users(runAs);
    }

    /** Those as whom a rule lets somebody run something. */
    static List<String> users(String runAs) {
        return Arrays.asList(runAs.replaceFirst("\\s*:.*", "").split(",\\s*"));
    }
}
