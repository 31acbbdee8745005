package io.github.incusstemcell.systemd;

import java.util.Locale;

/** The state of a service manager as a whole (the property SystemState of org.freedesktop.systemd1.Manager). */
public enum SystemState {
    /** Early in the boot, before basic.target. */
    INITIALIZING,
    /** The boot has jobs left to do. */
    STARTING,
    /** Booted, and no unit has failed. */
    RUNNING,
    /** Booted, and at least one unit has failed. */
    DEGRADED,
    /** In the rescue or the emergency target. */
    MAINTENANCE,
    /** Shutting down. */
    STOPPING,
    /** No service manager runs. */
    OFFLINE,
    /** systemd said something that this library does not know. */
    UNKNOWN;

    static SystemState of(String word) {
        return EnumNames.constant(SystemState.class, word, UNKNOWN);
    }

    /** {@return whether the boot has come to its end, well or not} */
    public boolean hasFinishedBooting() {
        return this == RUNNING || this == DEGRADED || this == MAINTENANCE;
    }

    /** {@return systemd's own word} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
