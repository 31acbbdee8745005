package io.github.incusstemcell.oci;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An image that has a manifest. */
record LayeredImage(
        ImageReference reference,
        Digest digest,
        String architecture,
        Optional<Instant> created,
        Map<String, String> labels,
        List<Layer> layers,
        LayerSource source,
        Workspace workspace)
        implements SourceImage {

    @Override
    public Rootfs rootfs() {
        boolean single = layers.size() == 1;
        List<Blob> blobs = source.fetch(layers, single, reference.toString());
        return single
                ? BlobRootfs.of(
                        blobs.get(0), layers.get(0).digest(), layers.get(0).size(), reference.toString())
                : new LayerMerge(reference.toString(), workspace).merge(layers, blobs);
    }
}
