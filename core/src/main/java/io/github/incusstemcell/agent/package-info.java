/**
 * The BOSH agent of a stemcell, spoken to as a director without a director would: its message bus over HTTPS, and what is deployed by it.
 */
@NullMarked
package io.github.incusstemcell.agent;

import org.jspecify.annotations.NullMarked;
