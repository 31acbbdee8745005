package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.Diagnostics;
import java.util.Objects;

/**
 * A container that was looked at.
 *
 * @param diagnostics what was found out
 * @param kept whether it is left for a person to look at
 */
public record Inspected(Diagnostics diagnostics, boolean kept) {

    /** Refuses null. */
    public Inspected {
        Objects.requireNonNull(diagnostics, "diagnostics");
    }
}
