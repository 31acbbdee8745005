package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.junit.assertj.SudoRule.Match;
import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sudo's options that decide whether it asks for a password, as {@code sudo -ll} lists them for a user, sudoers(5).
 *
 * @param general those that are for all that the user runs
 * @param bounds those that are for some commands, or for some of those as whom they are run, in the order in which sudo takes them
 * @param groups those of the user
 */
record SudoDefaults(State general, List<Bound> bounds, Set<String> groups) {

    private static final Pattern GENERAL =
            Pattern.compile("(?s)Matching Defaults entries for [^\n]*:\n(.*?)(?:\n\n|$)");
    private static final Pattern BOUNDS =
            Pattern.compile("(?s)Runas and Command-specific defaults for [^\n]*:\n(.*?)(?:\n\n|$)");

    /** Sudo does not begin a new line with each of them. */
    private static final Pattern ENTRY = Pattern.compile("(?s)Defaults([>!])(.*?)(?= {4}Defaults[>!]|$)");

    /** The last of those for whom an option is, and the first option. */
    private static final Pattern SEAM = Pattern.compile("(.+) (!?[a-z_]+(?:[+-]?=(?:\".*\"|\\S+))?)");

    /** No digest is cut from its command, no quotation, nor what stands behind a backslash. */
    private static final Pattern ITEM =
            Pattern.compile("(?:sha\\d+:[^ ,]+, |\"(?:[^\"\\\\]|\\\\.)*\"|\\\\.|[^,\"\\\\])+");

    /**
     * What holds once options were read.
     *
     * @param exempt the group whose members are never asked, whatever rules say; empty: none
     */
    record State(boolean asks, String exempt) {

        State with(String setting) {
            return switch (setting.replaceFirst("=.*", "")) {
                case "authenticate" -> new State(true, exempt);
                case "!authenticate" -> new State(false, exempt);
                case "exempt_group" ->
                    new State(asks, setting.replaceFirst("[^=]*=?", "").replace("\"", ""));
                case "!exempt_group" -> new State(asks, "");
                default -> this;
            };
        }

        State with(List<String> settings) {
            State state = this;
            for (String setting : settings) {
                state = state.with(setting);
            }
            return state;
        }
    }

    /**
     * Options for some commands, or for some users as whom they are run.
     *
     * @param ofCommands whether it is for commands
     * @param members those, with an exclamation mark before what it is not for
     */
    record Bound(boolean ofCommands, List<String> members, List<String> settings) {

        static Bound of(boolean ofCommands, String entry) {
            List<String> items = items(entry);
            for (int i = items.size() - 1; i >= 0; i--) {
                Matcher seam = SEAM.matcher(items.get(i));
                if (seam.matches()) {
                    List<String> members = new ArrayList<>(items.subList(0, i));
                    members.add(seam.group(1));
                    List<String> settings = new ArrayList<>(List.of(seam.group(2)));
                    settings.addAll(items.subList(i + 1, items.size()));
                    return new Bound(ofCommands, members, settings);
                }
            }
            throw new IllegalArgumentException("no option of sudo");
        }

        private boolean isOfPasswords() {
            return settings.stream().anyMatch(setting -> setting.matches("!?authenticate|!?exempt_group(=.*)?"));
        }

        Match matches(SudoTarget target) {
            if (!ofCommands) {
                return SudoRule.runsAs(String.join(", ", members), target);
            }
            List<SudoRule> commands = commands(target.runAs());
            Set<Boolean> answers = new HashSet<>();
            for (SudoRule command : SudoRule.lastOnes(commands, target)) {
                answers.add(!command.isDenial());
            }
            if (!SudoRule.isSettled(commands, target)) {
                answers.add(false);
            }
            return answers.size() > 1 ? Match.MAYBE : answers.contains(true) ? Match.YES : Match.NO;
        }

        /** What of a rule it may be about. */
        private Stream<SudoTarget> targets(SudoRule rule) {
            return ofCommands
                    ? commands(rule.runAs()).stream().map(SudoRule::target)
                    : Stream.of(SudoTarget.of(String.join(", ", members), rule.command()));
        }

        private List<SudoRule> commands(String runAs) {
            return members.stream()
                    .map(member -> SudoRule.ofCommand(runAs, Tag.NONE, false, member))
                    .toList();
        }

        private String words() {
            return "Defaults" + (ofCommands ? "!" : ">") + String.join(", ", members) + " "
                    + String.join(", ", settings);
        }
    }

    /**
     * @param listing what {@code sudo -ll} printed
     * @param groups those of the user
     */
    static SudoDefaults of(String listing, List<String> groups) {
        State general = new State(true, "").with(items(section(GENERAL, listing)));
        List<Bound> bounds = new ArrayList<>();
        Matcher entries = ENTRY.matcher(section(BOUNDS, listing));
        while (entries.find()) {
            bounds.add(Bound.of(entries.group(1).equals("!"), entries.group(2).strip()));
        }
        bounds.removeIf(bound -> !bound.isOfPasswords());
        return new SudoDefaults(general, List.copyOf(bounds), Set.copyOf(groups));
    }

    private static String section(Pattern pattern, String listing) {
        Matcher section = pattern.matcher(listing);
        return section.find() ? section.group(1) : "";
    }

    private static List<String> items(String text) {
        return ITEM.matcher(text)
                .results()
                .map(item -> item.group().strip())
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** Whether sudo asks for a password for what a rule allows; both where that cannot be told. */
    Set<Boolean> asks(Tag tag, SudoTarget target) {
        Set<State> states = new HashSet<>(Set.of(general));
        for (Bound bound : bounds) {
            Match match = bound.matches(target);
            Set<State> changed =
                    states.stream().map(state -> state.with(bound.settings())).collect(Collectors.toSet());
            if (match == Match.YES) {
                states.clear();
            }
            if (match != Match.NO) {
                states.addAll(changed);
            }
        }
        Set<Boolean> answers = new HashSet<>();
        for (State state : states) {
            boolean isAsked = tag == Tag.PASSWD || tag == Tag.NONE && state.asks();
            answers.add(isAsked && !groups.contains(state.exempt()));
            if (state.exempt().startsWith("#")) {
                answers.add(false);
            }
        }
        return answers;
    }

    /** Those of a rule for which bounds may say something else than for the rest of it. */
    Stream<SudoTarget> targets(SudoRule rule) {
        return bounds.stream().flatMap(bound -> bound.targets(rule));
    }

    String words() {
        StringBuilder words = new StringBuilder(general.asks() ? "" : ", without authentication");
        if (!general.exempt().isEmpty()) {
            words.append(", without authentication for the group ").append(general.exempt());
        }
        for (Bound bound : bounds) {
            words.append("; ").append(bound.words());
        }
        return words.toString();
    }
}
