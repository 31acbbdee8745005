package io.github.incusstemcell.systemd;

import java.util.Objects;

/**
 * Work that systemd has queued for a unit (org.freedesktop.systemd1.Manager, ListJobs).
 *
 * @param id systemd's number of the job
 * @param unit the unit's name
 * @param type {@code start}, {@code stop}, {@code restart}...
 * @param state {@code waiting} or {@code running}
 */
public record Job(long id, String unit, String type, String state) {

    /** Refuses nulls. */
    public Job {
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(state, "state");
    }

    /** {@return the job as messages show it: {@code ssh.service start running}} */
    @Override
    public String toString() {
        return unit + " " + type + " " + state;
    }
}
