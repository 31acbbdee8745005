package io.github.incusstemcell.agent;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Something that lies in the agent's blobstore.
 *
 * @param id the name by which it is found
 * @param digest how its content is checked: a SHA-1 as hexadecimal digits, or another digest behind its name, as {@code sha256:...}; not
 *     null
 */
public record Blob(String id, String digest) {

    /** Refuses nulls. */
    public Blob {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(digest, "digest");
    }

    /** In the form in which agents take it. */
    static String digest(byte[] content) {
        return "sha256:" + HexFormat.of().formatHex(sha256().digest(content));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
