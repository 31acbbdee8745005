package io.github.incusstemcell.oci;

import java.util.List;

/** Gives the layers of an image. */
interface LayerSource {

    /**
     * Makes the blobs of layers available on this machine, several at a time where that is quicker. Whoever decompresses them has to
     * compare their diff_ids.
     *
     * @return the blobs in the order of the layers
     */
    List<Blob> fetch(List<Layer> layers, String image);

    /**
     * Makes the blob of the only layer of an image available on this machine, and finds its diff_id to be right, and that it can be unpacked
     * as it is.
     *
     * @param arriving is told what has come of it, where that takes a while
     * @throws Whiteouts.FoundException if it is a root file system only when its whiteouts are taken out
     */
    Blob fetchRootfs(Layer layer, ArrivingRootfs arriving, String image);

    /** Refuses a layer that is not, when decompressed, what its image says. */
    static void requireDiffId(Layer layer, Digest actual, String image) {
        if (layer.diffId().isPresent() && !layer.diffId().get().equals(actual)) {
            throw new CorruptImageException(
                    image + " is damaged: its layer " + layer.digest() + " does not have the diff_id "
                            + layer.diffId().get() + " that its configuration says, but " + actual + ".");
        }
    }

    /** Says why a layer is missing that nobody promised. */
    static ImageNotFoundException withheld(Layer layer, String image, String where) {
        return new ImageNotFoundException(
                "Cannot use " + image + ": " + where + " does not have its layer " + layer.digest()
                        + ", which is of the type '" + layer.mediaType()
                        + "': such layers are not distributed with images. Take an"
                        + " image without one, or have its publisher push this one with all of its layers.");
    }
}
