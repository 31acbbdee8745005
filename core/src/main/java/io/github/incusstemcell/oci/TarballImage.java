package io.github.incusstemcell.oci;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An image that is a tarball, and nothing else is known of it than what stands beside it. */
record TarballImage(
        ImageReference reference,
        Tarball.Content content,
        String architecture,
        Map<String, String> labels,
        Blob rootfsBytes)
        implements SourceImage {

    @Override
    public Digest digest() {
        return content.digest();
    }

    @Override
    public Optional<Instant> created() {
        return Optional.empty();
    }

    @Override
    public List<Layer> layers() {
        return List.of(new Layer(content.digest(), "application/x-tar", content.size(), Optional.empty()));
    }

    @Override
    public Rootfs rootfs() {
        return BlobRootfs.of(rootfsBytes, content.digest(), content.size(), reference.toString());
    }
}
