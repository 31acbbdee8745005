package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.Unit;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What messages show of a unit besides what they always show: each a whole line. */
final class UnitDetails {

    private UnitDetails() {}

    private static String line(String title, String text) {
        return "  " + title + text + "\n";
    }

    private static String listed(List<String> names) {
        return names.isEmpty() ? "none" : String.join(" ", names);
    }

    static String names(Unit unit) {
        return line("names: ", listed(unit.names()));
    }

    static String dropIns(Unit unit) {
        return line("drop-ins: ", listed(unit.dropIns()));
    }

    static String of(Unit unit, Dependency dependency) {
        return line(dependency.property() + ": ", listed(unit.dependencies(dependency)));
    }

    static String start(Unit unit) {
        return line(
                "last start: ",
                unit.mainProcessStarted()
                        .or(unit::activeEnter)
                        .map(Instant::toString)
                        .orElse("none that systemd remembers"));
    }

    /** As it is, or why it is not. */
    static String property(Unit unit, String name) {
        return unit.property(name)
                .map(text -> line(name + "=", text))
                .orElseGet(() -> line(
                        "there is no such property of this unit; the closest names: ",
                        NearMisses.text(name, unit.propertyNames())));
    }

    static String conditions(Unit unit) {
        return line("conditions: ", unit.conditionsMet().isEmpty() ? "never looked at" : conditionsOf(unit));
    }

    private static String conditionsOf(Unit unit) {
        return unit.conditions().stream()
                .map(condition -> condition.type() + "=" + (condition.trigger() ? "|" : "")
                        + (condition.negated() ? "!" : "") + condition.parameter()
                        + (condition.met() ? " (met)" : " (not met)"))
                .collect(Collectors.joining(", "));
    }
}
