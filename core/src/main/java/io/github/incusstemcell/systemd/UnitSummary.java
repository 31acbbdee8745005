package io.github.incusstemcell.systemd;

import java.util.Objects;

/**
 * What a list of units says of one (org.freedesktop.systemd1.Manager, ListUnits).
 *
 * @param name the unit's name
 * @param description for people
 * @param loadState whether the configuration was read
 * @param activeState what it does
 * @param subState the same in the words of its type, as {@code running} or {@code auto-restart}
 */
public record UnitSummary(
        String name, String description, LoadState loadState, ActiveState activeState, String subState) {

    /** Refuses nulls. */
    public UnitSummary {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(loadState, "loadState");
        Objects.requireNonNull(activeState, "activeState");
        Objects.requireNonNull(subState, "subState");
    }
}
