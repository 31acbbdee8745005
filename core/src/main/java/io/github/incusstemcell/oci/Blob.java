package io.github.incusstemcell.oci;

import java.io.IOException;
import java.io.InputStream;

/** Bytes on this machine that were verified. */
@FunctionalInterface
interface Blob {

    /** Starts to read from the beginning; the caller closes the stream. */
    InputStream open() throws IOException;
}
