package io.github.incusstemcell.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hashes that every Java has. */
public final class Hashes {

    private Hashes() {}

    /** {@return a hash to feed} */
    public static MessageDigest sha256() {
        return of("sha256");
    }

    /** {@return a hash to feed, {@code sha256} or {@code sha512}} */
    public static MessageDigest of(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has " + algorithm, e);
        }
    }

    /** {@return what came of that which the hash was fed, which is reset by this, in hexadecimal digits} */
    public static String hex(MessageDigest hash) {
        return HexFormat.of().formatHex(hash.digest());
    }
}
