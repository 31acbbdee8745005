package io.github.incusstemcell.systemd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts what {@code journalctl --output=json} prints into its lines, and out of them what is too long: a value may have 768 MiB, and an
 * entry a thousand of them (DATA_SIZE_MAX and ENTRY_FIELD_COUNT_MAX of journald).
 */
final class JournalLines {

    /** So much is kept of a text, in bytes of JSON, and of octets, in their number. */
    static final int LONGEST_VALUE = 1 << 20;

    /** Where a line has so much already, hardly anything is kept of its other values. */
    private static final int LONGEST_LINE = 8 << 20;

    private static final int LEAST = 64;
    private static final int AFTER_BACKSLASH = -1;

    private final Consumer<byte[]> listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean inText;
    private int arrays;
    /** How many characters of an escape are still to come. */
    private int escape;

    private int room;
    private long dropped;

    /**
     * @param listener takes each line, without its end
     */
    JournalLines(Consumer<byte[]> listener) {
        this.listener = listener;
    }

    void add(byte[] buffer, int length) {
        for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
                byte[] whole = line.toByteArray();
                line.reset();
                inText = false;
                arrays = 0;
                listener.accept(whole);
            } else if (inText) {
                text(buffer[i]);
            } else {
                structure(buffer[i]);
            }
        }
    }

    private void begin() {
        room = Math.min(LONGEST_VALUE, Math.max(LEAST, LONGEST_LINE - line.size()));
        dropped = 0;
        escape = 0;
    }

    /** Neither a character nor an escape is cut in two. */
    private void text(byte next) {
        if (escape != 0) {
            escape = escape == AFTER_BACKSLASH ? (next == 'u' ? 4 : 0) : escape - 1;
            keep(next);
        } else if (next == '"') {
            inText = false;
            if (dropped > 0) {
                line.writeBytes(mark("bytes"));
                // What is behind it is not part of it.
                dropped = 0;
                room = LEAST;
            }
            line.write(next);
        } else {
            boolean isBegin = (next & 0xc0) != 0x80;
            if (isBegin && room <= 0 && dropped == 0) {
                dropped = 1;
            } else {
                keep(next);
            }
            escape = next == '\\' ? AFTER_BACKSLASH : 0;
        }
    }

    private void keep(byte next) {
        if (dropped > 0) {
            dropped++;
        } else {
            line.write(next);
            room--;
        }
    }

    private void structure(byte next) {
        switch (next) {
            case '"' -> {
                inText = true;
                begin();
                line.write(next);
            }
            case '[' -> {
                arrays++;
                begin();
                line.write(next);
            }
            case ']' -> {
                arrays--;
                if (dropped > 0) {
                    for (byte octet : mark("octets")) {
                        line.writeBytes(("," + octet).getBytes(StandardCharsets.US_ASCII));
                    }
                    dropped = 0;
                }
                line.write(next);
            }
            case ',' -> comma(next);
            default -> {
                if (dropped == 0) {
                    line.write(next);
                }
            }
        }
    }

    /** Between octets, where it is in an array. */
    private void comma(byte next) {
        if (arrays > 0 && (dropped > 0 || --room <= 0)) {
            dropped++;
        } else {
            line.write(next);
        }
    }

    private byte[] mark(String what) {
        return (" [the last " + dropped + " " + what + " are left out]").getBytes(StandardCharsets.US_ASCII);
    }
}
