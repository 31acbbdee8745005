package io.github.incusstemcell.stemcell;

import java.util.Objects;

/**
 * A stemcell that stands in Incus as a native image, ready to start containers from.
 *
 * @param fingerprint the image's fingerprint in Incus: SHA-256 over its metadata and its rootfs, 64 hex digits
 * @param source the reference that the image was prepared from, as a user would write it
 * @param digest the digest of the source image, such as {@code sha256:...}
 * @param alias the alias under which {@code incus image list} shows it
 */
public record StemcellImage(String fingerprint, String source, String digest, String alias) {

    /**
     * Checks that nothing is missing.
     *
     * @throws NullPointerException if a component is null
     */
    public StemcellImage {
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(alias, "alias");
    }

    @Override
    public String toString() {
        return source + " (Incus image " + fingerprint.substring(0, Math.min(12, fingerprint.length())) + ")";
    }
}
