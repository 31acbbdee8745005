/**
 * A client of the Incus REST API: local and remote, on the 6.0 and 7.0 lines.
 *
 * <p>Start at {@link io.github.incusstemcell.incus.Incus#connect()}. Everything here is safe for use by many threads,
 * and every blocking call ends at once when its thread is interrupted or the client is closed. Nothing here knows of
 * stemcells or of JUnit.
 */
@NullMarked
package io.github.incusstemcell.incus;

import org.jspecify.annotations.NullMarked;
