package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitSighting;
import io.github.incusstemcell.systemd.UnitSummary;
import io.github.incusstemcell.systemd.UnitWatch;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads a unit, or watches it, until a check is decided. */
final class UnitCheck {

    private final Subject subject;
    private final String name;
    private final Systemd systemd;

    UnitCheck(Subject subject, String name) {
        this.subject = subject;
        this.name = name;
        this.systemd = subject.stemcell().systemd();
    }

    /**
     * Checks a unit, which has to exist.
     *
     * @param wanted what it should do, behind "to"
     * @param hopeless whether it is in a state in which waiting is of no use
     * @return the unit as it was when that was decided
     */
    Unit holds(String wanted, Predicate<Unit> holds, Predicate<Unit> hopeless) {
        Predicate<Unit> good = unit -> unit.exists() && holds.test(unit);
        Predicate<Unit> over = unit -> good.test(unit) || !unit.exists() || hopeless.test(unit);
        return decide(wanted, good, over);
    }

    void isAbsent() {
        Predicate<Unit> absent = unit -> unit.loadState() == LoadState.NOT_FOUND;
        decide("not exist", absent, absent);
    }

    private Unit decide(String wanted, Predicate<Unit> good, Predicate<Unit> over) {
        if (subject.timing().mode() == Timing.Mode.NOW) {
            Unit unit = systemd.unit(name);
            if (!good.test(unit)) {
                throw failure(wanted, unit, List.of(), Duration.ZERO);
            }
            return unit;
        }
        long start = System.nanoTime();
        try (UnitWatch watch = systemd.watch(name)) {
            boolean always = subject.timing().mode() == Timing.Mode.ALWAYS;
            Optional<Unit> decided =
                    watch.await(always ? good.negate() : over, subject.timing().span());
            Unit unit = decided.orElse(watch.current());
            if (always == decided.isPresent() || !good.test(unit)) {
                throw failure(wanted, unit, watch.seen(), Duration.ofNanos(System.nanoTime() - start));
            }
            return unit;
        }
    }

    private AssertionError failure(String wanted, Unit unit, List<UnitSighting> seen, Duration waited) {
        String waiting = waited.isZero() ? "" : " (waited " + Timing.seconds(waited) + ")";
        String message = "Expecting unit " + unit.name() + " on " + subject.name() + " to " + wanted
                + subject.timing().words() + waiting + "\n";
        if (!unit.exists()) {
            return subject.failure(message + "  but there is no such unit; the closest names: "
                    + String.join(", ", NearMisses.of(unit.name(), names())));
        }
        String states = seen.isEmpty()
                ? ""
                : "  states seen: " + seen.stream().map(UnitSighting::toString).collect(Collectors.joining(" -> "))
                        + "\n";
        return subject.failure(message + "  but was: " + unit + "\n" + states + systemd.report(unit));
    }

    private Set<String> names() {
        Set<String> names = new HashSet<>(systemd.unitFiles().keySet());
        systemd.units().stream()
                .filter(unit -> unit.loadState() == LoadState.LOADED)
                .map(UnitSummary::name)
                .forEach(names::add);
        return names;
    }
}
