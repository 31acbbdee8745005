package io.github.incusstemcell.systemd;

/** What a unit does (the property ActiveState of org.freedesktop.systemd1.Unit). */
public enum ActiveState {
    /** Started, bound, mounted, as the type has it. */
    ACTIVE,
    /** Active, and reading its configuration again. */
    RELOADING,
    /** Stopped, or never started. */
    INACTIVE,
    /** Stopped because something went wrong. */
    FAILED,
    /** On its way to active. */
    ACTIVATING,
    /** On its way to inactive. */
    DEACTIVATING,
    /** Inactive while maintenance goes on. */
    MAINTENANCE,
    /** Active, and being refreshed (systemd 257). */
    REFRESHING,
    /** systemd said something that this library does not know. */
    UNKNOWN;

    static ActiveState of(String word) {
        return EnumNames.constant(ActiveState.class, word, UNKNOWN);
    }

    /** {@return systemd's own word} */
    @Override
    public String toString() {
        return EnumNames.of(this);
    }
}
