package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.Unit;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /**
     * When a unit was last started. The main process of a service tells it; of other units, when they became active, and of those of which
     * a start failed before that, as in ExecStartPre=, when they began to: systemd has forgotten the process of the run before by then.
     */
    static Optional<Instant> started(Unit unit) {
        return unit.mainProcessStarted().or(() -> Stream.of(unit.activeEnter(), unit.inactiveExit())
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder()));
    }

    static String start(Unit unit) {
        return line("last start: ", started(unit).map(Instant::toString).orElse("none that systemd remembers"));
    }

    /** Nothing where systemd counts them, as that is always shown. */
    static String restarts(Unit unit) {
        return unit.restarts().isPresent() ? "" : line("restarts: ", "systemd counts those of services only");
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
