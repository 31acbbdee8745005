package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.registry.RegistryEndpoint;

/**
 * Gives the parts of images by their digest: a registry, a layout in a folder or an archive. What it gives is verified
 * against digest and size, so that nobody above has to.
 */
interface BlobSource extends LayerSource {

    /** The largest manifest or configuration that is read. */
    int SMALL = RegistryEndpoint.LARGEST_MANIFEST;

    /**
     * Reads a manifest.
     *
     * @param image the name of the image, for messages
     */
    byte[] manifest(Descriptor descriptor, String image);

    /** Reads a small blob, such as a configuration. */
    byte[] small(Descriptor descriptor, String image);
}
