package io.github.incusstemcell.systemd;

import java.util.Objects;

/**
 * What a list of units says of one (org.freedesktop.systemd1.Manager, ListUnits).
 *
 * @param name the unit's name; not null
 * @param description for people; not null
 * @param loadState whether the configuration was read; not null
 * @param activeState what it does; not null
 * @param subState the same in the words of its type, as {@code running} or {@code auto-restart}; not null
 */
public record UnitSummary(
        String name, String description, LoadState loadState, ActiveState activeState, String subState) {

    /**
     * Refuses nulls.
     *
     * @param name the unit's name; not null
     * @param description for people; not null
     * @param loadState whether the configuration was read; not null
     * @param activeState what it does; not null
     * @param subState the same in the words of its type, as {@code running} or {@code auto-restart}; not null
     */
    public UnitSummary {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(loadState, "loadState");
        Objects.requireNonNull(activeState, "activeState");
        Objects.requireNonNull(subState, "subState");
    }
}
