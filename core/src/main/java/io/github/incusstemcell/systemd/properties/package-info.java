/**
 * Properties of units and of their manager, which come typed over the bus or in the words of {@code systemctl show}: either as the other. No
 * API: {@code systemd} gives them names.
 */
@NullMarked
package io.github.incusstemcell.systemd.properties;

import org.jspecify.annotations.NullMarked;
