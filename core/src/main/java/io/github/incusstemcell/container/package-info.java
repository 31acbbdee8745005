/**
 * The running thing: containers booted from stemcells, their addresses, their owners and their end.
 *
 * <p>{@link io.github.incusstemcell.container.Stemcells} is the way in.
 */
package io.github.incusstemcell.container;
