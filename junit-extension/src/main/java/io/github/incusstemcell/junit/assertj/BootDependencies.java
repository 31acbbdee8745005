package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the default target of a service manager starts, over whatever other units: by links of any unit file, aliases or generators.
 * systemctl's list of dependencies has more, as units that only stop with another one.
 */
record BootDependencies(Systemd systemd) {

    private static final String TARGET = "default.target";

    /** By what a start of one unit is a start of another one, seen from that. */
    private static final List<Dependency> PULLED_IN =
            List.of(Dependency.WANTED_BY, Dependency.REQUIRED_BY, Dependency.BOUND_BY, Dependency.UPHELD_BY);

    /** Whether it is among them. One that is masked, or whose files cannot be read, is not, whoever wants it. */
    boolean has(Unit unit) {
        // Asked for first: then all that it pulls in is loaded, and says by whom it is.
        Unit target = systemd.unit(TARGET);
        if (target.loadState() != LoadState.LOADED) {
            throw AssertionErrors.of("Expecting a unit " + TARGET + ", which starts others\n  but was: " + target);
        }
        return unit.loadState() == LoadState.LOADED && isPulledIn(unit.name(), target.name());
    }

    private boolean isPulledIn(String unit, String target) {
        Set<String> seen = new HashSet<>(Set.of(unit));
        Deque<String> left = new ArrayDeque<>(seen);
        while (!left.isEmpty() && !left.element().equals(target)) {
            Unit next = systemd.unit(left.remove());
            PULLED_IN.stream()
                    .flatMap(relation -> next.dependencies(relation).stream())
                    .filter(seen::add)
                    .forEach(left::add);
        }
        return !left.isEmpty();
    }
}
