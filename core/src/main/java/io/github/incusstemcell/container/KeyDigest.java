package io.github.incusstemcell.container;

import io.github.incusstemcell.internal.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** A SHA-256 over parts, of which each is preceded by its length: no two lists of parts look the same. */
final class KeyDigest {

    private static final int BUFFER = 64 << 10;

    private final MessageDigest sha256 = Hashes.sha256();

    KeyDigest add(String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        length(bytes.length);
        sha256.update(bytes);
        return this;
    }

    /** In the order of the keys: each JVM has an order of its own for a map that is not sorted. */
    KeyDigest add(Map<String, String> parts) {
        length(parts.size());
        new TreeMap<>(parts).forEach((key, value) -> add(key).add(value));
        return this;
    }

    /**
     * @param size how long the stream is; if it proves to be longer or shorter, the file is being written
     */
    KeyDigest add(InputStream content, long size) throws IOException {
        length(size);
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        for (int read = content.read(buffer); read > 0; read = content.read(buffer)) {
            sha256.update(buffer, 0, read);
            total += read;
        }
        if (total != size) {
            throw new IOException("it had " + size + " bytes and then " + total + ": something writes to it");
        }
        return this;
    }

    private void length(long length) {
        sha256.update((length + ":").getBytes(StandardCharsets.US_ASCII));
    }

    /** The digest of all that was added; nothing can be added after that. */
    String hex() {
        return Hashes.hex(sha256);
    }
}
