package io.github.incusstemcell.oci;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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
        return rootfs(arriving -> {});
    }

    @Override
    public Rootfs rootfs(Consumer<Rootfs> early) {
        if (layers.size() > 1) {
            return merged();
        }
        Layer layer = layers.get(0);
        ArrivingRootfs arriving = new ArrivingRootfs(layer, early);
        try {
            Blob blob = source.fetchRootfs(layer, arriving, reference.toString());
            return arriving.settle(BlobRootfs.of(blob, layer.digest(), layer.size(), reference.toString()));
        } catch (Whiteouts.FoundException e) {
            arriving.giveUp();
            return merged();
        } catch (RuntimeException | Error e) {
            arriving.giveUp();
            throw e;
        }
    }

    private Rootfs merged() {
        List<Blob> blobs = source.fetch(layers, reference.toString());
        return new LayerMerge(reference.toString(), workspace).merge(layers, blobs);
    }
}
