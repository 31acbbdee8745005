package io.github.incusstemcell.incus;

import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An image to upload: metadata and rootfs, each a tar archive, compressed or not.
 *
 * @param metadata the archive that holds {@code metadata.yaml} and the templates
 * @param rootfs opens the archive of the file system, from its first byte; called once an upload
 * @param rootfsSize its length in bytes; empty where nobody knows
 * @param fingerprint the fingerprint that the daemon has to find, or else refuse; empty: whatever comes out
 * @param properties properties of the image on top of those in its metadata
 * @param progress hears how many bytes of the rootfs are under way
 */
public record SplitImage(
        byte[] metadata,
        Source rootfs,
        OptionalLong rootfsSize,
        Optional<String> fingerprint,
        Map<String, String> properties,
        Progress progress) {

    /** Checks that nothing is missing. */
    public SplitImage {
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(rootfs, "rootfs");
        Objects.requireNonNull(rootfsSize, "rootfsSize");
        Objects.requireNonNull(fingerprint, "fingerprint");
        properties = Map.copyOf(properties);
        Objects.requireNonNull(progress, "progress");
    }

    /**
     * An image with nothing but its two parts.
     *
     * @param metadata the archive that holds {@code metadata.yaml} and the templates
     * @param rootfs opens the archive of the file system
     * @param rootfsSize its length in bytes; empty where nobody knows
     * @return the image
     */
    public static SplitImage of(byte[] metadata, Source rootfs, OptionalLong rootfsSize) {
        return new SplitImage(metadata, rootfs, rootfsSize, Optional.empty(), Map.of(), Progress.none());
    }

    /**
     * The same image with an ear for its progress.
     *
     * @param listener hears how many bytes are under way
     * @return the image
     */
    public SplitImage reporting(Progress listener) {
        return new SplitImage(metadata, rootfs, rootfsSize, fingerprint, properties, listener);
    }

    /** Where bytes come from. */
    @FunctionalInterface
    public interface Source {

        /**
         * Opens the bytes, from the first one.
         *
         * @return a stream, which the caller closes
         * @throws IOException if they cannot be had
         */
        InputStream open() throws IOException;
    }
}
