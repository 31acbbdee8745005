package io.github.incusstemcell.systemd;

/** How grave a journal entry is, from the gravest on (syslog(3)); the ordinal is the number in the journal. */
public enum Priority {
    /** The system is unusable. */
    EMERGENCY,
    /** Something must be done at once. */
    ALERT,
    /** Critical. */
    CRITICAL,
    /** An error. */
    ERROR,
    /** A warning. */
    WARNING,
    /** Normal, but of note. */
    NOTICE,
    /** For information. */
    INFO,
    /** For debugging. */
    DEBUG;

    /**
     * Compares by gravity.
     *
     * @param other another priority
     * @return whether this one is as grave as the other, or graver
     */
    public boolean isAtLeast(Priority other) {
        return ordinal() <= other.ordinal();
    }
}
