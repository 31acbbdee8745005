package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes what one run of journalctl prints: entries, and complaints. */
final class JournalReading implements Output {

    /** As much as the texts of these fit into a small heap. */
    static final int LIMIT = 64 << 20;

    private static final int COMPLAINTS = 4_000;

    private final List<JournalEntry> entries = new ArrayList<>();
    private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    private final JournalLines lines = new JournalLines(this::line);
    private long length;

    private void line(byte[] line) {
        length += line.length;
        if (!isTooLong()) {
            entries.add(JournalJson.entry(line));
        }
    }

    @Override
    public void accept(Stream stream, byte[] buffer, int count) throws IOException {
        if (stream == Stream.STDERR) {
            complaints.write(buffer, 0, Math.min(count, COMPLAINTS - complaints.size()));
            return;
        }
        lines.add(buffer, count);
        if (isTooLong()) {
            throw new IOException("these are more than " + LIMIT + " bytes of entries");
        }
    }

    boolean isTooLong() {
        return length > LIMIT;
    }

    List<JournalEntry> entries() {
        return entries;
    }

    String complaints() {
        return complaints.toString(StandardCharsets.UTF_8).strip();
    }
}
