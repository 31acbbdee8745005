package io.github.incusstemcell.incus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the beginning of what a command prints in memory, of each stream so much, and counts the rest. */
final class CollectedOutput implements Output {

    /** Small enough for two streams, their texts, and a few threads at a time in a heap of half a gigabyte. */
    static final int LIMIT = 16 << 20;

    private final Kept stdout = new Kept();
    private final Kept stderr = new Kept();

    @Override
    public synchronized void accept(Stream stream, byte[] buffer, int length) {
        of(stream).add(buffer, length);
    }

    synchronized Printed printed(Stream stream) {
        Kept kept = of(stream);
        return new Printed(kept.bytes.toByteArray(), kept.dropped);
    }

    private Kept of(Stream stream) {
        return stream == Stream.STDOUT ? stdout : stderr;
    }

    private static final class Kept {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long dropped;

        void add(byte[] buffer, int length) {
            int taken = Math.min(length, LIMIT - bytes.size());
            bytes.write(buffer, 0, taken);
            dropped += length - taken;
        }
    }

    /**
     * What was printed to one stream.
     *
     * @param bytes its beginning
     * @param dropped how many bytes came after that
     */
    record Printed(byte[] bytes, long dropped) {

        static final Printed NOTHING = new Printed(new byte[0], 0);

        String text() {
            String text = new String(bytes, StandardCharsets.UTF_8);
            return dropped == 0 ? text : text + "\n[the last " + dropped + " bytes are left out]\n";
        }
    }
}
