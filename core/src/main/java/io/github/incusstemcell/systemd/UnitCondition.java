package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.util.List;
import java.util.Objects;

/**
 * A condition of a unit and how it came out (org.freedesktop.systemd1.Unit, property Conditions).
 *
 * @param type {@code ConditionPathExists} and the like
 * @param trigger whether one of several such conditions is enough
 * @param negated whether it must not hold
 * @param parameter what it looks at
 * @param met whether it came out well; false also where it was never looked at
 */
public record UnitCondition(String type, boolean trigger, boolean negated, String parameter, boolean met) {

    /** Refuses nulls. */
    public UnitCondition {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(parameter, "parameter");
    }

    static List<UnitCondition> of(PropertyValues values) {
        return values.rows(
                "Conditions",
                row -> new UnitCondition(
                        (String) row.get(0),
                        (Boolean) row.get(1),
                        (Boolean) row.get(2),
                        (String) row.get(3),
                        (Long) row.get(4) > 0));
    }
}
