package io.github.incusstemcell.systemd;

import java.util.List;
import java.util.Objects;

/**
 * One run of a unit, from its start to its end.
 *
 * @param unit the unit as it was at the end, also where systemd has forgotten it since
 * @param job how the start job ended: {@code done}, {@code failed}, {@code dependency}, {@code timeout}...
 * @param journal what the run wrote, and what systemd wrote of it
 */
public record UnitRun(Unit unit, String job, List<JournalEntry> journal) {

    /** Refuses nulls. */
    public UnitRun {
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(job, "job");
        journal = List.copyOf(journal);
    }

    /** {@return whether it ran, and ended well} */
    public boolean isSuccess() {
        return job.equals("done")
                && unit.loadState() == LoadState.LOADED
                && unit.activeState() != ActiveState.FAILED
                && unit.result().orElse("").equals("success")
                && unit.conditionsMet().orElse(true);
    }

    /**
     * Insists on a run that ended well.
     *
     * @return this run
     * @throws UnitFailedException where it did not; says how it ended and what is in its journal
     */
    public UnitRun requireSuccess() {
        if (!isSuccess()) {
            throw new UnitFailedException(
                    "The run of " + unit.name() + " did not succeed: job " + job + ", " + unit
                            + (unit.conditionsMet().orElse(true) ? "" : "  ConditionResult=no") + "\n"
                            + UnitReport.journal(journal),
                    unit);
        }
        return this;
    }
}
