package io.github.incusstemcell.systemd;

/**
 * Whether a unit is started at boot (the property UnitFileState of org.freedesktop.systemd1.Unit).
 *
 * <p>Each word stands for itself: a static unit is not enabled.
 */
public enum UnitFileState {
    /** Something links to it for good. */
    ENABLED,
    /** Something links to it until the next boot. */
    ENABLED_RUNTIME,
    /** The file lies outside of the search path, and a link in it makes it known. */
    LINKED,
    /** As {@link #LINKED}, until the next boot. */
    LINKED_RUNTIME,
    /** The name is a link to a unit with another name. */
    ALIAS,
    /** Nothing can start it. */
    MASKED,
    /** Nothing can start it until the next boot. */
    MASKED_RUNTIME,
    /** It has no [Install] section, so it cannot be enabled. */
    STATIC,
    /** Not enabled itself, but enabling it enables another unit. */
    INDIRECT,
    /** It could be enabled. */
    DISABLED,
    /** A generator wrote it. */
    GENERATED,
    /** It was made by a call, not by a file. */
    TRANSIENT,
    /** Its file is wrong. */
    BAD,
    /** It has no file. */
    NONE,
    /** systemd said something that this library does not know. */
    UNKNOWN;

    static UnitFileState of(String word) {
        return word.isEmpty() ? NONE : EnumNames.constant(UnitFileState.class, word, UNKNOWN);
    }

    /** {@return systemd's own word; {@code none} where systemd says nothing} */
    @Override
    public String toString() {
        return EnumNames.of(this);
    }
}
