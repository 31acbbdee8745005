package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;
import java.util.Objects;

/**
 * A state in which a unit was seen.
 *
 * @param after how long after the start of the watch
 * @param loadState whether there was such a unit
 * @param activeState what it did
 * @param subState the same in the words of its type
 */
public record UnitSighting(Duration after, LoadState loadState, ActiveState activeState, String subState) {

    /** Refuses nulls. */
    public UnitSighting {
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(loadState, "loadState");
        Objects.requireNonNull(activeState, "activeState");
        Objects.requireNonNull(subState, "subState");
    }

    static UnitSighting of(Unit unit, Duration after) {
        return new UnitSighting(after, unit.loadState(), unit.activeState(), unit.subState());
    }

    boolean isSameState(UnitSighting other) {
        return loadState == other.loadState && activeState == other.activeState && subState.equals(other.subState);
    }

    /** {@return the state as messages show it: {@code activating (start) at 0.012s}} */
    @Override
    public String toString() {
        String state = loadState == LoadState.NOT_FOUND ? "not-found" : activeState + " (" + subState + ")";
        return state + " at " + DurationText.of(after);
    }
}
