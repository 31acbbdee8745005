package io.github.incusstemcell.agent;

import io.github.incusstemcell.internal.Hashes;
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
        return "sha256:" + HexFormat.of().formatHex(Hashes.sha256().digest(content));
    }
}
