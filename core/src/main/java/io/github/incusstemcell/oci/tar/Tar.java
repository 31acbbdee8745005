package io.github.incusstemcell.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The layout of tar's header blocks: POSIX ustar and pax, and GNU's dialect (tar(5), POSIX.1-2017 pax). */
public final class Tar {

    public static final int BLOCK = 512;

    static final Field NAME = new Field(0, 100);
    static final Field MODE = new Field(100, 8);
    static final Field UID = new Field(108, 8);
    static final Field GID = new Field(116, 8);
    static final Field SIZE = new Field(124, 12);
    static final Field MTIME = new Field(136, 12);
    static final Field CHECKSUM = new Field(148, 8);
    static final int TYPE = 156;
    static final Field LINK_NAME = new Field(157, 100);
    static final Field MAGIC = new Field(257, 8);
    static final Field DEVICE_NUMBERS = new Field(329, 16);
    static final Field PREFIX = new Field(345, 155);
    /** In an old GNU sparse file's header: whether a block follows that continues its map. */
    static final int SPARSE_CONTINUES = 482;
    /** The same flag in such a block. */
    static final int SPARSE_CONTINUES_AGAIN = 504;

    static final String USTAR = "ustar\00000";

    /** Where something stands in a header block. */
    record Field(int offset, int length) {

        /** The bytes up to the first NUL. */
        String text(byte[] block) {
            int end = offset;
            while (end < offset + length && block[end] != 0) {
                end++;
            }
            return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
        }

        String raw(byte[] block) {
            return new String(block, offset, length, StandardCharsets.ISO_8859_1);
        }

        /** Fills the field, with NULs behind a text that is shorter; cuts one that is longer. */
        void set(byte[] block, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < length; i++) {
                block[offset + i] = i < bytes.length ? bytes[i] : 0;
            }
        }

        /**
         * Reads a number: octal digits, or, marked by the highest bit, binary (GNU's base-256).
         *
         * @throws NumberFormatException where it is neither
         */
        long number(byte[] block) {
            if ((block[offset] & 0x80) != 0) {
                return binary(block);
            }
            String digits = text(block).strip();
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        }

        private long binary(byte[] block) {
            // The sign is the second-highest bit; sign-extend from it.
            long value = (block[offset] & 0x40) != 0 ? -1 : 0;
            for (int i = 0; i < length; i++) {
                int b = i == 0 ? value < 0 ? block[offset] | 0x80 : block[offset] & 0x7f : block[offset + i];
                if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
                    throw new NumberFormatException("a number of more than 64 bits");
                }
                value = value << 8 | b & 0xff;
            }
            return value;
        }

        /** Writes an octal number that fits, with leading zeros and a NUL behind. */
        void setNumber(byte[] block, long number) {
            String digits = Long.toOctalString(number);
            set(block, "0".repeat(length - 1 - digits.length()) + digits);
        }
    }

    private Tar() {}

    static long padded(long size) {
        return Math.addExact(size, BLOCK - 1) / BLOCK * BLOCK;
    }

    static boolean isPosix(byte[] header) {
        return MAGIC.raw(header).startsWith("ustar\0");
    }

    /** The sum of all bytes, the checksum's own taken as blanks. Ancient tars summed signed bytes, so both count. */
    public static boolean hasRightChecksum(byte[] header) {
        long expected;
        try {
            expected = CHECKSUM.number(header);
        } catch (NumberFormatException e) {
            return false;
        }
        return expected == checksum(header, 0xff) || expected == checksum(header, -1);
    }

    static void setChecksum(byte[] header) {
        CHECKSUM.set(header, String.format(Locale.ROOT, "%06o\0 ", checksum(header, 0xff)));
    }

    private static long checksum(byte[] header, int mask) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= CHECKSUM.offset() && i < CHECKSUM.offset() + CHECKSUM.length();
            sum += own ? ' ' : header[i] & mask;
        }
        return sum;
    }

    public static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The components of a path as it is meant inside a root: nothing leads above it, so {@code ../../etc}, {@code /etc} and
     * {@code ./etc/} all are {@code etc}.
     */
    public static List<String> components(String path) {
        List<String> components = new ArrayList<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                if (!components.isEmpty()) {
                    components.remove(components.size() - 1);
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                components.add(part);
            }
        }
        return components;
    }

    /** Makes bytes of a tar stream legible. */
    public static String legible(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
