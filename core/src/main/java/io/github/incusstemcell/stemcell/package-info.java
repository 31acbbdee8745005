/**
 * From a stemcell to an Incus image: what identifies it, what is laid over it, and the image that comes out.
 *
 * <p>{@link io.github.incusstemcell.stemcell.StemcellImages} is the way in.
 */
@NullMarked
package io.github.incusstemcell.stemcell;

import org.jspecify.annotations.NullMarked;
