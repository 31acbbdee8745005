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
        if (layers.size() > 1) {
            return merged();
        }
        try {
            Blob blob = source.fetch(layers, true, reference.toString()).get(0);
            return BlobRootfs.of(blob, layers.get(0).digest(), layers.get(0).size(), reference.toString());
        } catch (Whiteouts.FoundException e) {
            return merged();
        }
    }

    private Rootfs merged() {
        List<Blob> blobs = source.fetch(layers, false, reference.toString());
        return new LayerMerge(reference.toString(), workspace).merge(layers, blobs);
    }
}
