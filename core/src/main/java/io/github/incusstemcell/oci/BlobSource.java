package io.github.incusstemcell.oci;

/**
 * Gives the parts of images by their digest: a registry, a layout in a folder or an archive. What it gives is verified
 * against digest and size, so that nobody above has to.
 */
interface BlobSource extends LayerSource {

    /** The largest manifest or configuration that is read; the distribution spec asks registries for 4 MiB. */
    int SMALL = 4 << 20;

    /**
     * Reads a manifest.
     *
     * @param image the name of the image, for messages
     */
    byte[] manifest(Descriptor descriptor, String image);

    /** Reads a small blob, such as a configuration. */
    byte[] small(Descriptor descriptor, String image);
}
