package io.github.incusstemcell.incus;

import java.io.ByteArrayOutputStream;

/** Keeps what a command prints in memory. */
final class CollectedOutput implements Output {

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Override
    public synchronized void accept(Stream stream, byte[] buffer, int length) {
        of(stream).write(buffer, 0, length);
    }

    synchronized byte[] bytes(Stream stream) {
        return of(stream).toByteArray();
    }

    private ByteArrayOutputStream of(Stream stream) {
        return stream == Stream.STDOUT ? stdout : stderr;
    }
}
