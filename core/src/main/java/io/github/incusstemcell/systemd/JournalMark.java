package io.github.incusstemcell.systemd;

import java.util.Objects;

/**
 * A place in a journal: behind its last entry at one moment.
 *
 * @param cursor journald's name of that entry; empty where the journal had none
 */
public record JournalMark(String cursor) {

    /** Refuses null. */
    public JournalMark {
        Objects.requireNonNull(cursor, "cursor");
    }
}
