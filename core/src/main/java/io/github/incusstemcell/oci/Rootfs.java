package io.github.incusstemcell.oci;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of a root file system: a tar stream, compressed or not, that can be read as often as needed and is the same
 * each time, on any machine.
 */
public interface Rootfs extends Closeable {

    /**
     * Starts to read from the beginning.
     *
     * @return the stream, which fails with an {@link IOException} at its end, at the latest, where the bytes turn out not
     *     to be what they should be; the caller closes it
     * @throws IOException where the bytes cannot be read from this machine's disk
     */
    InputStream open() throws IOException;

    /** {@return the number of bytes of the stream, or nothing where it is not known} */
    OptionalLong size();

    /** {@return the digest of the stream, where it is an untouched blob of the image} */
    Optional<Digest> digest();

    /** Frees the disk space that merged layers take; streams that are still open fail then. Does nothing otherwise. */
    @Override
    default void close() throws IOException {}
}
