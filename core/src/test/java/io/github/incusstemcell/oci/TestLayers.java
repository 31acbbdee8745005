package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Layers of an image that is called {@code test}, merged without an image around them. */
final class TestLayers {

    private TestLayers() {}

    static Rootfs merge(Path work, byte[]... tars) {
        return merge(
                work,
                Arrays.stream(tars).map(TestTar::gzip).toList(),
                Arrays.stream(tars).map(Digest::sha256).toList());
    }

    static Rootfs merge(Path work, List<byte[]> compressed, List<Digest> diffIds) {
        List<Layer> layers = new ArrayList<>();
        List<Blob> blobs = new ArrayList<>();
        for (int i = 0; i < compressed.size(); i++) {
            byte[] blob = compressed.get(i);
            layers.add(new Layer(Digest.sha256(blob), "tar+gzip", blob.length, Optional.of(diffIds.get(i))));
            blobs.add(() -> (InputStream) new ByteArrayInputStream(blob));
        }
        return new LayerMerge("test", new Workspace(work, Progress.none())).merge(layers, blobs);
    }
}
