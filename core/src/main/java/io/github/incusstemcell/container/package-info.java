/**
 * The running thing: containers booted from stemcells, their addresses, their owners and their end.
 *
 * <p>{@link io.github.incusstemcell.container.Stemcells} is the way in.
 */
@NullMarked
package io.github.incusstemcell.container;

import org.jspecify.annotations.NullMarked;
