/** D-Bus as it is on the wire: messages, their types and their values. No API: {@code systemd} speaks by it. */
@NullMarked
package io.github.incusstemcell.systemd.dbus;

import org.jspecify.annotations.NullMarked;
