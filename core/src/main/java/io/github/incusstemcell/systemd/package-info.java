/**
 * Reads and drives the systemd of a guest, and its journal, as typed values.
 *
 * <p>{@link io.github.incusstemcell.systemd.Systemd} speaks D-Bus with PID 1 itself, through one exec of {@code
 * systemd-stdio-bridge}: a value costs a millisecond, and every change arrives as a signal at the moment at which it
 * happens. {@link io.github.incusstemcell.systemd.Journal} follows the journal through one exec in the same way.
 */
@NullMarked
package io.github.incusstemcell.systemd;

import org.jspecify.annotations.NullMarked;
