package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A blob that is a root file system as it is, untouched.
 *
 * @param content its digest
 * @param bytes how many it has
 */
record BlobRootfs(Blob blob, Digest content, long bytes) implements Rootfs {

    /**
     * {@return the blob as it is; decompressed where Incus would not know how it is compressed}
     *
     * @param image for messages
     */
    static Rootfs of(Blob blob, Digest digest, long size, String image) {
        BlobRootfs untouched = new BlobRootfs(blob, digest, size);
        if (!isUnknownToIncus(blob)) {
            return untouched;
        }
        Rootfs decompressed = new Decompressed(untouched);
        try {
            decompressed.open().close();
            return decompressed;
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Cannot use " + image + ": its layer " + digest + ": " + e.getMessage() + ".", e);
        }
    }

    private static boolean isUnknownToIncus(Blob blob) {
        try (InputStream in = blob.open()) {
            return Decompression.beginsWithSkippableFrame(in.readNBytes(4));
        } catch (IOException e) {
            return false; // Whoever opens it hears of it.
        }
    }

    @Override
    public InputStream open() throws IOException {
        return new VerifiedStream(blob.open(), content, bytes);
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(bytes);
    }

    @Override
    public Optional<Digest> digest() {
        return Optional.of(content);
    }

    private record Decompressed(Rootfs compressed) implements Rootfs {

        @Override
        public InputStream open() throws IOException {
            return Decompression.of(compressed.open());
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.empty();
        }

        @Override
        public Optional<Digest> digest() {
            return Optional.empty();
        }
    }
}
