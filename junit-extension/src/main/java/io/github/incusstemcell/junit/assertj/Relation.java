package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import java.util.Objects;

/**
 * A relation that a unit may have to another one.
 *
 * @param other its name in full, as relations have it: by another one nothing would ever be found among them
 */
record Relation(Dependency dependency, String other) {

    /** The relation to a unit of any name that systemd takes. */
    static Relation to(String other, Dependency dependency, Systemd systemd) {
        return new Relation(
                Objects.requireNonNull(dependency, "dependency"),
                systemd.unit(Arguments.unit(other)).name());
    }

    boolean isOf(Unit unit) {
        return unit.dependencies(dependency).contains(other);
    }

    /** All that the unit has of this kind. */
    String details(Unit unit) {
        return UnitDetails.of(unit, dependency);
    }

    @Override
    public String toString() {
        return dependency.property() + "=" + other;
    }
}
