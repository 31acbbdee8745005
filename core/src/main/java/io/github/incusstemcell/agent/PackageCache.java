package io.github.incusstemcell.agent;

import java.util.Optional;

/** Where compiled packages are kept, so that each is compiled once. Thread-safe. */
public interface PackageCache {

    /**
     * Looks for a package.
     *
     * @param key what it was made of, and on which stemcell: a name for a file
     * @return the archive that came of it; empty where it was never kept, or is no longer
     */
    Optional<byte[]> find(String key);

    /**
     * Keeps a package.
     *
     * @param key as in {@link #find}
     * @param archive what came of it
     */
    void keep(String key, byte[] archive);
}
