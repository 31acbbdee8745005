package io.github.incusstemcell.oci;

import java.util.Objects;
import java.util.Optional;

/**
 * One layer of an image, as its manifest describes it.
 *
 * @param digest the digest of the blob as it is stored, mostly compressed
 * @param mediaType the media type of the blob, for example {@code application/vnd.oci.image.layer.v1.tar+gzip}
 * @param size the size of the blob in bytes
 * @param diffId the digest of the tar stream in the blob; absent where the image's configuration does not tell
 */
public record Layer(Digest digest, String mediaType, long size, Optional<Digest> diffId) {

    /** Checks that nothing is null. */
    public Layer {
        Objects.requireNonNull(digest);
        Objects.requireNonNull(mediaType);
        Objects.requireNonNull(diffId);
    }

    /** Whether registries and archives need not have it (OCI image spec, "Non-Distributable Layers"). */
    boolean isNonDistributable() {
        return mediaType.contains(".nondistributable.") || mediaType.contains(".foreign.");
    }
}
