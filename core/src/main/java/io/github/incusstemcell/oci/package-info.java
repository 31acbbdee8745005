/**
 * Where an image's bytes come from: references, registries and their credentials, OCI layouts, docker archives and BOSH
 * stemcell tarballs; and how the layers of an image become the one tar stream of its root file system.
 *
 * <p>{@link io.github.incusstemcell.oci.ImageReference} names an image, {@link io.github.incusstemcell.oci.OciImages}
 * finds it, {@link io.github.incusstemcell.oci.SourceImage} says what it is, and {@link
 * io.github.incusstemcell.oci.Rootfs} is its content. Nothing here knows what the bytes are for.
 */
@NullMarked
package io.github.incusstemcell.oci;

import org.jspecify.annotations.NullMarked;
