package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitSummary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The units of a guest that have failed.
 *
 * @param now that are failed by now
 * @param forgotten that failed since the last look, and are so no longer
 */
record Failures(List<String> now, List<String> forgotten) {

    /**
     * Looks for them.
     *
     * @param guest how messages name the guest
     * @param lately the units that systemd said have failed since the last look
     */
    static Failures of(String guest, Systemd systemd, Set<String> lately) {
        List<UnitSummary> units = systemd.units();
        if (units.isEmpty()) {
            throw AssertionErrors.of("systemd of " + guest + " has no units, not even failed ones");
        }
        List<String> now = units.stream()
                .filter(unit -> unit.activeState() == ActiveState.FAILED)
                .map(UnitSummary::name)
                .toList();
        Set<String> past = new HashSet<>(lately);
        now.forEach(past::remove);
        return new Failures(
                now,
                past.stream()
                        .filter(name -> !isRestarted(systemd.unit(name)))
                        .sorted()
                        .toList());
    }

    /** systemd says failed in passing of what it is about to restart, and there that is no failure. */
    private static boolean isRestarted(Unit unit) {
        return unit.property("Restart").filter(when -> !when.equals("no")).isPresent();
    }

    Failures except(Set<String> excused) {
        return new Failures(without(now, excused), without(forgotten, excused));
    }

    private static List<String> without(List<String> all, Set<String> excused) {
        return all.stream().filter(name -> !excused.contains(name)).toList();
    }

    boolean isEmpty() {
        return now.isEmpty() && forgotten.isEmpty();
    }

    Stream<String> names() {
        return Stream.concat(now.stream(), forgotten.stream());
    }

    @Override
    public String toString() {
        return isEmpty()
                ? "none"
                : Stream.concat(now.stream(), forgotten.stream().map(name -> name + " (no longer)"))
                        .collect(Collectors.joining(", "));
    }
}
