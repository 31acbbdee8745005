package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One image in a registry, perhaps by way of its mirrors; blobs pass through the cache. */
final class Registry implements BlobSource {

    private final List<RegistryEndpoint> endpoints;
    private final BlobCache cache;
    private final Progress progress;

    /**
     * Asks these endpoints.
     *
     * @param endpoints the mirrors and at last the registry itself
     */
    Registry(List<RegistryEndpoint> endpoints, BlobCache cache, Progress progress) {
        this.endpoints = endpoints;
        this.cache = cache;
        this.progress = progress;
    }

    /** Reads what a reference points to: a manifest or an index. */
    byte[] manifest(ImageReference.Registry reference) {
        return new ManifestPull(endpoints.get(0), reference.toString()).pull(reference.target(), reference.digest());
    }

    @Override
    public byte[] manifest(Descriptor descriptor, String image) {
        return new ManifestPull(endpoints.get(0), image)
                .pull(descriptor.digest().toString(), Optional.of(descriptor.digest()));
    }

    @Override
    public byte[] small(Descriptor descriptor, String image) {
        if (descriptor.size() > SMALL) {
            throw new CorruptImageException("Cannot pull " + image + ": its configuration has " + descriptor.size()
                    + " bytes, and none needs more than " + (SMALL >> 20) + " MiB.");
        }
        try (InputStream in =
                cache.open(descriptor.digest(), descriptor.size(), fetch(descriptor, image, Progress.none()))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Blob> fetch(List<Descriptor> descriptors, String image) {
        for (Descriptor d : descriptors) {
            cache.ensure(d.digest(), d.size(), fetch(d, image, progress));
        }
        cache.evict(descriptors.stream().map(Descriptor::digest).collect(Collectors.toSet()));
        return descriptors.stream()
                .map(d -> (Blob) () -> cache.open(d.digest(), d.size(), fetch(d, image, progress)))
                .toList();
    }

    private BlobCache.Fetch fetch(Descriptor descriptor, String image, Progress progress) {
        return file -> new BlobPull(endpoints.get(0), descriptor, image, progress).into(file);
    }
}
