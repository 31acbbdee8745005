package io.github.incusstemcell.oci;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
        return new Rootfs() {
            @Override
            public InputStream open() throws IOException {
                return new VerifiedStream(rootfsBytes.open(), content.digest(), content.size());
            }

            @Override
            public OptionalLong size() {
                return OptionalLong.of(content.size());
            }

            @Override
            public Optional<Digest> digest() {
                return Optional.of(content.digest());
            }
        };
    }
}
