package io.github.incusstemcell.oci;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
                ? new UntouchedBlob(blobs.get(0), layers.get(0))
                : new LayerMerge(reference.toString(), workspace).merge(layers, blobs);
    }

    /** The blob of the only layer, as it is. */
    private record UntouchedBlob(Blob blob, Layer layer) implements Rootfs {

        @Override
        public InputStream open() throws IOException {
            return new VerifiedStream(blob.open(), layer.digest(), layer.size());
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(layer.size());
        }

        @Override
        public Optional<Digest> digest() {
            return Optional.of(layer.digest());
        }
    }
}
