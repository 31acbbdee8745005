package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Output;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Keeps so much of what a command prints, and no more, however much that is: the beginning, or the end. What it has so far can be
 * read while the command still runs.
 */
final class BoundedOutput implements Output {

    private final int limit;
    private final boolean end;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    private long dropped;

    private BoundedOutput(int limit, boolean end) {
        this.limit = limit;
        this.end = end;
    }

    static BoundedOutput beginning(int limit) {
        return new BoundedOutput(limit, false);
    }

    static BoundedOutput end(int limit) {
        return new BoundedOutput(limit, true);
    }

    @Override
    public synchronized void accept(Stream stream, byte[] buffer, int length) {
        if (stream == Stream.STDERR) {
            complaints.write(buffer, 0, Math.min(length, Math.max(0, limit / 16 - complaints.size())));
        } else if (end) {
            keepEnd(buffer, length);
        } else {
            int taken = Math.min(length, limit - kept.size());
            kept.write(buffer, 0, taken);
            dropped += length - taken;
        }
    }

    /** Lets twice as much come together before it cuts, so that cutting costs little. */
    private void keepEnd(byte[] buffer, int length) {
        kept.write(buffer, 0, length);
        if (kept.size() >= 2 * limit) {
            byte[] all = kept.toByteArray();
            kept.reset();
            kept.write(all, all.length - limit, limit);
            dropped += all.length - limit;
        }
    }

    /** What it printed, with a mark where something was left out. */
    synchronized byte[] bytes() {
        byte[] all = kept.toByteArray();
        int surplus = Math.max(0, all.length - limit);
        long missing = dropped + surplus;
        if (missing == 0) {
            return all;
        }
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        if (end) {
            marked.writeBytes(("[the first " + missing + " bytes are left out]\n").getBytes(StandardCharsets.UTF_8));
            marked.write(all, surplus, limit);
        } else {
            marked.writeBytes(all);
            marked.writeBytes(("\n[the last " + missing + " bytes are left out]\n").getBytes(StandardCharsets.UTF_8));
        }
        return marked.toByteArray();
    }

    /** What it printed to stderr, as far as it was kept. */
    synchronized String complaints() {
        return complaints.toString(StandardCharsets.UTF_8).strip();
    }

    /** Cuts a text that is there already in the same way. */
    static byte[] bound(byte[] text, int limit, boolean end) {
        BoundedOutput output = new BoundedOutput(limit, end);
        output.accept(Stream.STDOUT, text, text.length);
        return output.bytes();
    }
}
