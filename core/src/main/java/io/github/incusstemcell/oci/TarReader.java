package io.github.incusstemcell.oci;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the entries of a tar stream that lies in a file, without their data. Nothing is decoded that does not have to be,
 * so that an entry can be copied to another stream exactly.
 */
final class TarReader {

    /** Names, attributes and ACLs of one file; Linux allows 4 KiB of name and 64 KiB for each attribute. */
    private static final long LARGEST_EXTENDED_HEADER = 4 << 20;

    /** A stream that is not tar, as far as it goes. */
    static final class MalformedTarException extends IOException {
        MalformedTarException(String message) {
            super(message);
        }
    }

    private final FileChannel file;
    private final long base;
    private final long limit;
    private final ByteBuffer window;
    private long windowStart = -1;
    private long position;

    /** Reads the stream from {@code start} to {@code end} of the file, from one entry to the next. */
    TarReader(FileChannel file, long start, long end) {
        this(file, start, end, 1 << 15);
    }

    private TarReader(FileChannel file, long start, long end, int windowSize) {
        this.window = ByteBuffer.allocate(windowSize);
        this.file = file;
        this.base = start;
        this.position = start;
        this.limit = end;
    }

    /** Reads entries at any places of the file. */
    static TarReader jumping(FileChannel file) throws IOException {
        return new TarReader(file, 0, file.size(), 4 * Tar.BLOCK);
    }

    /** {@return the entry whose first header begins here} */
    TarEntry at(long start) throws IOException {
        position = start;
        return next();
    }

    /** {@return the next entry, or null at the end of the archive} */
    TarEntry next() throws IOException {
        Extended extended = new Extended(position);
        while (true) {
            byte[] header = header();
            if (header == null) {
                if (extended.seen) {
                    throw malformed(extended.start, "an extended header without its entry");
                }
                return null;
            }
            char type = (char) (header[Tar.TYPE] & 0xff);
            switch (type) {
                case 'x' -> extended.pax.putAll(records(extendedData(header)));
                case 'g' -> {
                    // Defaults for all entries that follow. No container engine heeds them, so no image can rely on
                    // them.
                    extendedData(header);
                    extended.verbatim = false;
                }
                case 'L' -> extended.name = untilNul(extendedData(header));
                case 'K' -> extended.linkName = untilNul(extendedData(header));
                default -> {
                    return entry(header, type, extended);
                }
            }
            extended.seen = type != 'g' || extended.seen;
        }
    }

    /** What the headers before the main one said. */
    private static final class Extended {
        private final long start;
        private final Map<String, String> pax = new LinkedHashMap<>();
        private String name;
        private String linkName;
        private boolean verbatim = true;
        private boolean seen;

        Extended(long start) {
            this.start = start;
        }
    }

    private TarEntry entry(byte[] header, char flag, Extended extended) throws IOException {
        String name = name(header, extended);
        char type = type(flag, name);
        long dataSize = hasData(type) ? dataSize(header, extended.pax) : 0;
        // Some tools give directories a size, which some readers take for data that follows.
        boolean verbatim = extended.verbatim && (hasData(type) || saysNoData(header));
        long headerEnd = position;
        if (type == 'S') {
            skipSparseMap(header);
        }
        long dataStart = position;
        if (dataSize > limit - position) {
            throw malformed(extended.start, "an entry, " + Tar.legible(name) + ", whose data is cut off");
        }
        position = Math.min(limit, position + Tar.padded(dataSize));
        String linkName = extended.linkName != null
                ? extended.linkName
                : nonEmpty(extended.pax.get("linkpath"), Tar.LINK_NAME.text(header));
        return new TarEntry(
                extended.start, header, type, name, linkName, extended.pax, headerEnd, dataStart, dataSize, verbatim);
    }

    private static String name(byte[] header, Extended extended) {
        if (extended.name != null) {
            return extended.name;
        }
        String name = Tar.NAME.text(header);
        String prefix = Tar.isPosix(header) ? Tar.PREFIX.text(header) : "";
        String plain = prefix.isEmpty() ? name : prefix + "/" + name;
        // GNU's sparse files have a made-up name in the other places.
        return nonEmpty(extended.pax.get("GNU.sparse.name"), nonEmpty(extended.pax.get("path"), plain));
    }

    private char type(char flag, String name) throws IOException {
        return switch (flag) {
            case 0 -> name.endsWith("/") ? '5' : '0'; // From before there were types.
            case '0', '7' -> '0';
            case '1', '2', '3', '4', '5', '6', 'S' -> flag;
            default ->
                throw malformed(
                        position - Tar.BLOCK,
                        "an entry, " + Tar.legible(name) + ", of the type '" + flag + "', which no layer may have");
        };
    }

    private static boolean hasData(char type) {
        return type == '0' || type == 'S';
    }

    private static boolean saysNoData(byte[] header) {
        try {
            return Tar.SIZE.number(header) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private long dataSize(byte[] header, Map<String, String> pax) throws IOException {
        try {
            String size = nonEmpty(pax.get("size"), null);
            long value = size != null ? Long.parseLong(size) : Tar.SIZE.number(header);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw malformed(position - Tar.BLOCK, "an entry has no valid size");
    }

    private void skipSparseMap(byte[] header) throws IOException {
        boolean more = header[Tar.SPARSE_CONTINUES] != 0;
        while (more) {
            byte[] block = bytes(position, Tar.BLOCK);
            position += Tar.BLOCK;
            more = block[Tar.SPARSE_CONTINUES_AGAIN] != 0;
        }
    }

    /** {@return the next header block, or null at the end, which is a block of zeros or the end of the file} */
    private byte[] header() throws IOException {
        if (position >= limit) {
            return null;
        }
        byte[] block = bytes(position, Tar.BLOCK);
        if (Tar.isZero(block)) {
            return null;
        }
        if (!Tar.hasRightChecksum(block)) {
            throw malformed(position, "no tar header");
        }
        position += Tar.BLOCK;
        return block;
    }

    private String extendedData(byte[] header) throws IOException {
        long size = dataSize(header, Map.of());
        if (size > LARGEST_EXTENDED_HEADER) {
            throw malformed(position - Tar.BLOCK, "an extended header of " + size + " bytes");
        }
        byte[] data = bytes(position, (int) size);
        position += Tar.padded(size);
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    /** The records of a pax header, each {@code "<length> <key>=<value>\n"}. */
    private Map<String, String> records(String data) throws IOException {
        Map<String, String> records = new LinkedHashMap<>();
        int at = 0;
        while (at < data.length()) {
            int space = data.indexOf(' ', at);
            int end = space < 0 || space - at > 9 ? -1 : recordEnd(data, at, space);
            int equals = data.indexOf('=', at);
            if (end < 0 || end > data.length() || equals < space || equals >= end || data.charAt(end - 1) != '\n') {
                throw malformed(position, "a malformed pax header");
            }
            records.put(data.substring(space + 1, equals), data.substring(equals + 1, end - 1));
            at = end;
        }
        return records;
    }

    private static int recordEnd(String data, int at, int space) {
        String length = data.substring(at, space);
        return length.matches("[0-9]{1,9}") ? at + Integer.parseInt(length) : -1;
    }

    private byte[] bytes(long from, int length) throws IOException {
        if (from + length > limit) {
            throw malformed(from, "the end in the middle of an entry");
        }
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            long at = from + done;
            if (windowStart < 0 || at < windowStart || at >= windowStart + window.limit()) {
                fill(at);
            }
            int n = Math.min(length - done, (int) (windowStart + window.limit() - at));
            window.get((int) (at - windowStart), bytes, done, n);
            done += n;
        }
        return bytes;
    }

    private void fill(long at) throws IOException {
        window.clear();
        int n = file.read(window, at);
        if (n <= 0) {
            throw new EOFException("the file ends at " + at + " while it is read");
        }
        window.flip();
        windowStart = at;
    }

    private MalformedTarException malformed(long at, String what) {
        return new MalformedTarException("at byte " + (at - base) + " of its tar stream there is " + what);
    }

    private static String nonEmpty(String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static String untilNul(String text) {
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }
}
