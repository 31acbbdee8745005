package io.github.incusstemcell.oci;

import io.github.incusstemcell.internal.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Map;

/**
 * The content address of some bytes, {@code sha256:6c3c...} (OCI image spec, "Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}, the two that the specification registers
 * @param hex the hash in lower-case hexadecimal digits, 64 or 128 of them
 */
public record Digest(String algorithm, String hex) {

    private static final Map<String, Integer> HEX_LENGTHS = Map.of("sha256", 64, "sha512", 128);

    /**
     * Checks that the two parts belong together.
     *
     * @throws IllegalArgumentException where the algorithm is unknown or the hash is malformed
     */
    public Digest {
        Integer length = HEX_LENGTHS.get(algorithm);
        if (length == null) {
            throw new IllegalArgumentException(
                    "Digest algorithm '" + algorithm + "' is not supported; expected sha256 or sha512");
        }
        if (hex.length() != length || !hex.chars().allMatch(Digest::isLowerHex)) {
            throw new IllegalArgumentException("'" + hex + "' is no " + algorithm + " hash; expected " + length
                    + " lower-case hexadecimal digits");
        }
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @param text the digest as manifests and references write it
     * @return the digest
     * @throws IllegalArgumentException where the text is not a digest
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no digest; expected something like sha256:<64 digits>");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /**
     * Hashes some bytes.
     *
     * @param content what to hash
     * @return its sha256
     */
    public static Digest sha256(byte[] content) {
        return of("sha256", content);
    }

    static Digest of(String algorithm, byte[] content) {
        MessageDigest hash = newHash(algorithm);
        hash.update(content);
        return finished(algorithm, hash);
    }

    /** {@return the digest of a stream read to its end} */
    static Digest of(String algorithm, InputStream content) throws IOException {
        MessageDigest hash = newHash(algorithm);
        new DigestInputStream(content, hash).transferTo(OutputStream.nullOutputStream());
        return finished(algorithm, hash);
    }

    /** {@return a hash to feed, for {@link #finished}} */
    static MessageDigest newHash(String algorithm) {
        return Hashes.of(algorithm);
    }

    /** {@return the digest of what the hash was fed, which is reset by this} */
    static Digest finished(String algorithm, MessageDigest hash) {
        return new Digest(algorithm, Hashes.hex(hash));
    }

    MessageDigest newHash() {
        return newHash(algorithm);
    }

    /** {@return the digest, by the same algorithm as this one, of what the hash was fed} */
    Digest finished(MessageDigest hash) {
        return finished(algorithm, hash);
    }

    /** {@return the first twelve digits of the hash, enough to tell images apart in a message} */
    public String abbreviated() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }

    private static boolean isLowerHex(int c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }
}
