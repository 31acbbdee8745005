package io.github.incusstemcell.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows a manifest or an index down to the one image for our platform. */
record ImageResolver(BlobSource source, ImageReference reference, String architecture, Workspace workspace) {

    /** An index may hold an index, but nobody needs more than a few. */
    private static final int DEEPEST = 4;

    /**
     * Starts at a manifest that was read already.
     *
     * @param manifest the bytes of a manifest or an index, verified where there was something to verify them against
     */
    LayeredImage resolve(byte[] manifest) {
        byte[] bytes = manifest;
        for (int depth = 0; depth < DEEPEST; depth++) {
            Manifest parsed = Manifest.parse(bytes, name());
            if (parsed instanceof Manifest.Image image) {
                return image(Digest.sha256(bytes), image);
            }
            bytes = source.manifest(forOurPlatform((Manifest.Index) parsed), name());
        }
        throw new CorruptImageException(
                "Cannot read " + name() + ": its index points to an index, and so on, " + DEEPEST + " times.");
    }

    private Descriptor forOurPlatform(Manifest.Index index) {
        List<Descriptor> manifests = index.manifests();
        Optional<Descriptor> match = manifests.stream()
                .filter(m -> m.platform().map(p -> p.runs(architecture)).orElse(false))
                .findFirst();
        // In a layout, an index often holds a single manifest and does not say what for.
        if (match.isEmpty()
                && manifests.size() == 1
                && manifests.get(0).platform().isEmpty()) {
            return manifests.get(0);
        }
        return match.orElseThrow(() -> new ImageNotFoundException(name() + " has no image for linux/" + architecture
                + ", only for " + platforms(manifests) + ". Set incus.stemcell.architecture to one of these."));
    }

    private static List<String> platforms(List<Descriptor> manifests) {
        return manifests.stream()
                .map(m -> m.platform().map(Descriptor.Platform::toString).orElse("an unnamed platform"))
                .filter(p -> !p.equals("unknown/unknown")) // Attestations, which are no images.
                .distinct()
                .toList();
    }

    private LayeredImage image(Digest digest, Manifest.Image manifest) {
        if (manifest.layers().isEmpty()) {
            throw new CorruptImageException("Cannot use " + name() + ": its manifest " + digest
                    + " has no layers, so it holds no root file system.");
        }
        ImageConfig config = ImageConfig.parse(source.small(manifest.config(), name()), name());
        return new LayeredImage(
                reference,
                digest,
                config.architecture().orElse(architecture),
                config.created(),
                config.labels(),
                layers(manifest.layers(), config.diffIds()),
                source,
                workspace);
    }

    private List<Layer> layers(List<Descriptor> descriptors, List<Digest> diffIds) {
        if (!diffIds.isEmpty() && diffIds.size() != descriptors.size()) {
            throw new CorruptImageException(name() + " is damaged: its manifest has " + descriptors.size()
                    + " layers, its configuration has diff_ids for " + diffIds.size() + ".");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < descriptors.size(); i++) {
            Descriptor layer = descriptors.get(i);
            requireFileSystem(layer);
            Optional<Digest> diffId = diffIds.isEmpty() ? Optional.empty() : Optional.of(diffIds.get(i));
            layers.add(new Layer(layer.digest(), layer.mediaType(), layer.size(), diffId));
        }
        return List.copyOf(layers);
    }

    /** Manifests also carry charts, signatures and the like. */
    private void requireFileSystem(Descriptor layer) {
        String type = layer.mediaType();
        boolean known = type.startsWith("application/vnd.oci.image.layer.")
                || type.startsWith("application/vnd.docker.image.rootfs.");
        if (!known || type.endsWith("+encrypted")) {
            throw new CorruptImageException("Cannot use " + name() + ": its layer " + layer.digest()
                    + " is of the type '" + type + "', from which no root file system can be made.");
        }
    }

    private String name() {
        return reference.toString();
    }
}
