package io.github.incusstemcell.systemd;

import java.util.Map;

/** What a service manager tells of its own accord. */
sealed interface ManagerEvent {

    /**
     * Properties of a unit changed.
     *
     * @param unit the unit's name
     * @param interfaceName whose properties: the one of the unit's type first, that of all units behind it
     * @param values the new values, by name
     */
    record UnitChanged(String unit, String interfaceName, Map<String, Object> values) implements ManagerEvent {
        /** Behind this signal nothing more comes of the same change. */
        boolean isComplete() {
            return interfaceName.equals(BusManager.UNIT);
        }
    }

    /** A job is queued. */
    record JobNew(long id, String unit) implements ManagerEvent {}

    /** A job is over: done, canceled, timeout, failed, dependency, skipped, invalid, assert, unsupported, collected, once. */
    record JobRemoved(long id, String unit, String result) implements ManagerEvent {}

    /** The boot is over. */
    record StartupFinished() implements ManagerEvent {}

    /** All configuration was read again. */
    record Reloaded() implements ManagerEvent {}

    /** A manager that cannot tell of changes says that it is time to look again. */
    record Tick() implements ManagerEvent {}

    /** The connection is gone; nothing more comes from it. */
    record Lost() implements ManagerEvent {}
}
