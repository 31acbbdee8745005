package io.github.incusstemcell.systemd.dbus;

/**
 * A value that goes onto the wire with its type.
 *
 * @param signature its type
 * @param value what it is
 */
public record Variant(String signature, Object value) {}
