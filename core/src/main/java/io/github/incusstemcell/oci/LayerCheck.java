package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarExtraction;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/** Reads a blob that is on this machine already, once, to find out whether it is what its image says. */
final class LayerCheck {

    private LayerCheck() {}

    /** Verifies digest and size; of what is to be a root file system as it is, the diff_id and that it can be unpacked, too. */
    static void verify(Layer layer, Blob blob, boolean asRootfs, String image, Progress progress) {
        MessageDigest hash = layer.digest().newHash();
        long[] size = {0};
        ObjIntConsumer<byte[]> counted = (buffer, n) -> {
            hash.update(buffer, 0, n);
            size[0] += n;
        };
        Blob shown = () -> new CountingStream(blob.open(), progress, "Verifying " + image, 0, layer.size());
        read(layer, shown, asRootfs, image, counted, () -> {
                    Digest actual = layer.digest().finished(hash);
                    if (!actual.equals(layer.digest()) || size[0] != layer.size()) {
                        throw new CorruptImageException(image + " is damaged: its layer " + layer.digest() + " of "
                                + layer.size() + " bytes has in fact the digest " + actual + " and " + size[0]
                                + " bytes. Get the image again.");
                    }
                })
                .ifPresent(actual -> LayerSource.requireDiffId(layer, actual, image));
    }

    /** {@return the digest of what a blob is when decompressed, where it can be decompressed here; found to be unpackable as it is} */
    static Optional<Digest> diffId(Layer layer, Blob blob, String image) {
        return read(layer, blob, true, image, (buffer, n) -> {}, () -> {});
    }

    /** Refuses a tarball that is to be a root file system and cannot be unpacked as it is, where it can be decompressed here. */
    static void unpackable(Blob tarball, Digest digest, String image) throws IOException {
        try (InputStream in = tarball.open()) {
            if (RootfsTarballFile.isOnlyForIncus(in.readNBytes(Tar.BLOCK))) {
                return;
            }
        }
        try {
            try {
                diffId(new Layer(digest, "application/x-tar", -1, Optional.empty()), tarball, image);
            } catch (Whiteouts.FoundException e) {
                // In what is no layer they are files as others are.
            }
        } catch (CorruptImageException e) {
            throw e.getCause() instanceof TarExtraction.RefusedException
                    ? e
                    : new CorruptImageException(e.getMessage() + ". " + CorruptImageException.NOT_WHOLE, e.getCause());
        }
    }

    /** {@return the sha256 of a blob} */
    static Digest digest(Blob blob) throws IOException {
        try (InputStream in = blob.open()) {
            return Digest.of("sha256", in);
        }
    }

    private static Optional<Digest> read(
            Layer layer, Blob blob, boolean diffId, String image, ObjIntConsumer<byte[]> bytes, Runnable end) {
        try (InputStream in = blob.open();
                UncompressedDigest uncompressed = new UncompressedDigest(
                        layer.diffId().orElse(layer.digest()).algorithm())) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes.accept(buffer, n);
                if (diffId) {
                    uncompressed.write(buffer, 0, n);
                }
            }
            end.run();
            return diffId ? finish(uncompressed, layer.digest(), image) : Optional.empty();
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Cannot read the layer " + layer.digest() + " of " + image + ": " + e.getMessage(), e);
        }
    }

    /**
     * {@return the digest of a layer when decompressed, where it can be decompressed here}
     *
     * @throws Whiteouts.FoundException if it is not a root file system as it is, but when its whiteouts are taken out
     */
    static Optional<Digest> finish(UncompressedDigest uncompressed, Digest blob, String image) {
        try {
            Optional<Digest> digest = uncompressed.finish();
            if (uncompressed.hasWhiteouts()) {
                throw new Whiteouts.FoundException(blob);
            }
            return digest;
        } catch (TarExtraction.RefusedException e) {
            throw new CorruptImageException(
                    "Cannot use " + image + ": tar, with which Incus unpacks it, would refuse its layer " + blob + ": "
                            + e.getMessage() + ". Make the image again without that.",
                    e);
        } catch (IOException e) {
            throw new CorruptImageException(
                    "Cannot use " + image + ": its layer " + blob + " is damaged: " + e.getMessage(), e);
        }
    }
}
