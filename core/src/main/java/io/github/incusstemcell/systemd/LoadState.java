package io.github.incusstemcell.systemd;

/** Whether systemd has read a unit's configuration (the property LoadState of org.freedesktop.systemd1.Unit). */
public enum LoadState {
    /** Not read yet; a client does not normally see this. */
    STUB,
    /** The configuration was read. */
    LOADED,
    /** There is no such unit. */
    NOT_FOUND,
    /** The configuration has an error without which the unit cannot run. */
    BAD_SETTING,
    /** The configuration could not be read. */
    ERROR,
    /** The name belongs to a unit with another name. */
    MERGED,
    /** Linked to {@code /dev/null}, or empty, so that nothing can start it. */
    MASKED,
    /** systemd said something that this library does not know. */
    UNKNOWN;

    static LoadState of(String word) {
        return EnumNames.constant(LoadState.class, word, UNKNOWN);
    }

    /** {@return systemd's own word} */
    @Override
    public String toString() {
        return EnumNames.of(this);
    }
}
