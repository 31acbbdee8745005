package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.junit.assertj.SudoRule.Match;
import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What sudo lets a user run, sudo(8).
 *
 * @param entries those that it has; none where it lets the user run nothing
 * @param rules each of the commands in them
 * @param who the user; sudo asks neither root for a password, nor who runs something as himself
 */
record SudoRights(String what, List<SudoEntry> entries, List<SudoRule> rules, SudoDefaults defaults, GuestUser who) {

    private static final String LAST_ONE = "; of those about the same command the last one counts";

    /** What sudo does with a command. */
    enum Answer {
        DENIES,
        ASKS,
        RUNS
    }

    static SudoRights of(StemcellContainer stemcell, GuestUser user) {
        Command command = Command.of("sudo", "-n", "-ll", "-U", user.name()).environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        boolean isDenial = result.stdout().contains(" is not allowed to run sudo on ");
        boolean isList = !result.isTruncated() && !isDenial && result.isSuccess();
        List<SudoEntry> entries = isList
                ? GuestLine.read("rules of sudo on " + stemcell.name(), result.stdout(), SudoEntry::allOf)
                : List.of();
        if (result.isTruncated() || entries.isEmpty() != isDenial) {
            throw AssertionErrors.ofExit(
                    "Asking what " + user.name() + " may run on " + stemcell.name() + " by '" + command + "'", result);
        }
        List<SudoRule> rules =
                entries.stream().flatMap(entry -> entry.rules().stream()).toList();
        SudoDefaults defaults = GuestLine.read(
                "options of sudo on " + stemcell.name(),
                result.stdout(),
                listing -> SudoDefaults.of(listing, user.groups()));
        return new SudoRights("user " + user.name() + " on " + stemcell.name(), entries, rules, defaults, user);
    }

    /** Of rules about the same command the last one counts; more than one answer where that cannot be told. */
    Set<Answer> answers(SudoTarget target) {
        Set<Answer> answers = EnumSet.noneOf(Answer.class);
        for (SudoRule rule : SudoRule.lastOnes(rules, target)) {
            if (rule.isDenial()) {
                answers.add(Answer.DENIES);
                continue;
            }
            for (boolean asks : defaults.asks(rule.tag(), target)) {
                answers.addAll(asks ? answersWherePasswordsAre(rule) : Set.of(Answer.RUNS));
            }
        }
        if (!SudoRule.isSettled(rules, target)) {
            answers.add(Answer.DENIES);
        }
        return answers;
    }

    /** Of a rule for oneself in some group sudo does not tell whether it may be left out, without which it asks for nothing. */
    private Set<Answer> answersWherePasswordsAre(SudoRule rule) {
        if (who.uid() == 0) {
            return Set.of(Answer.RUNS);
        }
        if (!rule.isOnlyAs(who)) {
            return Set.of(Answer.ASKS);
        }
        return rule.runAs().contains(":") ? Set.of(Answer.ASKS, Answer.RUNS) : Set.of(Answer.RUNS);
    }

    boolean allowSomething() {
        return tell("it may run anything", anyIs(Set.of(Answer.ASKS, Answer.RUNS)));
    }

    boolean areWithoutPassword() {
        return tell("it may run anything without a password", anyIs(Set.of(Answer.RUNS)));
    }

    /** Looks at what stands for each rule, and for each part of it for which there are options of its own. */
    private Match anyIs(Set<Answer> wanted) {
        List<Set<Answer>> all = rules.stream()
                .filter(rule -> !rule.isDenial())
                .flatMap(rule -> Stream.concat(Stream.of(rule.target()), defaults.targets(rule)))
                .map(this::answers)
                .toList();
        if (all.stream().anyMatch(wanted::containsAll)) {
            return Match.YES;
        }
        return all.stream().flatMap(Set::stream).anyMatch(wanted::contains) ? Match.MAYBE : Match.NO;
    }

    private boolean tell(String question, Match match) {
        if (match == Match.MAYBE) {
            throw AssertionErrors.of("Expecting the rules of sudo for " + what + " to say whether " + question
                    + "\n  but that cannot be told of them: " + words());
        }
        return match == Match.YES;
    }

    String words() {
        if (entries.isEmpty()) {
            return "sudo allows nothing";
        }
        return "sudo allows " + entries.stream().map(SudoEntry::words).collect(Collectors.joining("; "))
                + defaults.words() + (isOverruled() ? LAST_ONE : "");
    }

    /** Whether a tag says that there is no password, and a later rule says something else. */
    private boolean isOverruled() {
        return rules.stream()
                .filter(rule -> rule.tag() == Tag.NOPASSWD && !rule.isDenial())
                .anyMatch(rule -> !answers(rule.target()).contains(Answer.RUNS));
    }
}
