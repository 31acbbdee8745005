package io.github.incusstemcell.oci.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a tar stream that lies in a file or passes by, without their data. Nothing is decoded that does not have to be,
 * so that an entry can be copied to another stream exactly.
 */
public final class TarReader {

    /** Names, attributes and ACLs of one file; Linux allows 4 KiB of name and 64 KiB for each attribute. */
    private static final long LARGEST_EXTENDED_HEADER = 4 << 20;

    /** A stream that is not tar, as far as it goes. */
    public static final class MalformedTarException extends IOException {
        public MalformedTarException(String message) {
            super(message);
        }
    }

    /** Where the bytes are; at their end a read gives -1. */
    private interface Source {
        int read(ByteBuffer into, long at) throws IOException;
    }

    private final Source source;
    private final long base;
    /** For a stream that passes by, only known once it has ended. */
    private long limit;

    private final ByteBuffer window;
    private final boolean anyType;
    private long windowStart = -1;
    private long position;

    /** Reads the stream from {@code start} to {@code end} of the file, from one entry to the next. */
    public TarReader(FileChannel file, long start, long end) {
        this(file::read, start, end, 1 << 15, false);
    }

    /**
     * Reads a stream that passes by, up to the end of the archive in it, as GNU tar does: entries of types that it does not know are
     * files.
     */
    public static TarReader passing(InputStream stream) {
        return new TarReader(new Passing(stream), 0, Long.MAX_VALUE, 1 << 15, true);
    }

    /** A stream as a source that is read forwards only. */
    private static final class Passing implements Source {
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 15];
        private long position;

        Passing(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            while (position < at) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, at - position));
                if (n < 0) {
                    return -1;
                }
                position += n;
            }
            int n = in.read(buffer, 0, Math.min(buffer.length, into.remaining()));
            if (n > 0) {
                into.put(buffer, 0, n);
                position += n;
            }
            return n;
        }
    }

    private TarReader(Source source, long start, long end, int windowSize, boolean anyType) {
        this.window = ByteBuffer.allocate(windowSize);
        this.source = source;
        this.anyType = anyType;
        this.base = start;
        this.position = start;
        this.limit = end;
    }

    /** Reads entries at any places of the file. */
    public static TarReader jumping(FileChannel file) throws IOException {
        return new TarReader(file::read, 0, file.size(), 4 * Tar.BLOCK, false);
    }

    /** {@return the entry whose first header begins here} */
    public TarEntry at(long start) throws IOException {
        position = start;
        TarEntry entry = next();
        if (entry == null) {
            throw malformed(start, "the end of the archive, and no entry");
        }
        return entry;
    }

    /** {@return the next entry, or null at the end of the archive} */
    public @Nullable TarEntry next() throws IOException {
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
                case 'x' -> extended.pax = extended.pax.and(records(extendedData(header)));
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
        private PaxRecords pax = PaxRecords.NONE;
        private @Nullable String name;
        private @Nullable String linkName;
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
        if (isCutOff(dataSize)) {
            throw malformed(extended.start, "an entry, " + Tar.legible(name) + ", whose data is cut off");
        }
        position = Math.min(limit, position + Tar.padded(dataSize));
        String linkName = extended.linkName != null
                ? extended.linkName
                : nonEmpty(extended.pax.get("linkpath"), Tar.LINK_NAME.text(header));
        return new TarEntry(
                extended.start, header, type, name, linkName, extended.pax, headerEnd, dataStart, dataSize, verbatim);
    }

    private boolean isCutOff(long dataSize) throws IOException {
        if (limit < Long.MAX_VALUE) {
            return dataSize > limit - position;
        }
        // A stream that passes by has to be read to find out; GNU tar needs the padding, too.
        return dataSize > Long.MAX_VALUE / 2 - position
                || dataSize > 0 && !isThere(position + Tar.padded(dataSize) - 1);
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
            default -> {
                if (anyType) {
                    yield '0';
                }
                throw malformed(
                        position - Tar.BLOCK,
                        "an entry, " + Tar.legible(name) + ", of the type '" + flag + "', which no layer may have");
            }
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

    private long dataSize(byte[] header, PaxRecords pax) throws IOException {
        try {
            String size = nonEmpty(pax.get("size"), "");
            long value = !size.isEmpty() ? Long.parseLong(size) : Tar.SIZE.number(header);
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
    private byte @Nullable [] header() throws IOException {
        if (!isThere(position)) {
            return null;
        }
        byte[] block = bytes(position, Tar.BLOCK);
        if (Tar.isZero(block)) {
            requireEnd(position + Tar.BLOCK);
            return null;
        }
        if (!Tar.hasRightChecksum(block)) {
            throw malformed(position, "no tar header");
        }
        position += Tar.BLOCK;
        return block;
    }

    /** Two blocks of zeros are the end. Behind a single one, GNU tar loses all that comes without an error, and others fail. */
    private void requireEnd(long at) throws IOException {
        byte[] next = new byte[Tar.BLOCK];
        if (read(next, at) == Tar.BLOCK && !Tar.isZero(next)) {
            throw malformed(at - Tar.BLOCK, "a single block of zeros, with more behind it");
        }
    }

    private String extendedData(byte[] header) throws IOException {
        long size = dataSize(header, PaxRecords.NONE);
        if (size > LARGEST_EXTENDED_HEADER) {
            throw malformed(position - Tar.BLOCK, "an extended header of " + size + " bytes");
        }
        byte[] data = bytes(position, (int) size);
        position += Tar.padded(size);
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    /** The records of a pax header, each {@code "<length> <key>=<value>\n"}. */
    private List<PaxRecords.Entry> records(String data) throws IOException {
        List<PaxRecords.Entry> records = new ArrayList<>();
        int at = 0;
        while (at < data.length()) {
            int space = data.indexOf(' ', at);
            int end = space < 0 || space - at > 9 ? -1 : recordEnd(data, at, space);
            int equals = data.indexOf('=', at);
            if (end < 0 || end > data.length() || equals < space || equals >= end || data.charAt(end - 1) != '\n') {
                throw malformed(position, "a malformed pax header");
            }
            records.add(new PaxRecords.Entry(data.substring(space + 1, equals), data.substring(equals + 1, end - 1)));
            at = end;
        }
        return records;
    }

    private static int recordEnd(String data, int at, int space) {
        String length = data.substring(at, space);
        return length.matches("[0-9]{1,9}") ? at + Integer.parseInt(length) : -1;
    }

    private byte[] bytes(long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (read(bytes, from) < length) {
            throw malformed(from, "the end in the middle of an entry");
        }
        return bytes;
    }

    /** {@return how many bytes there are, up to as many as are wanted} */
    private int read(byte[] bytes, long from) throws IOException {
        int done = 0;
        while (done < bytes.length && isThere(from + done)) {
            long at = from + done;
            int n = (int) Math.min(Math.min(bytes.length - done, windowStart + window.limit() - at), limit - at);
            window.get((int) (at - windowStart), bytes, done, n);
            done += n;
        }
        return done;
    }

    /** {@return whether there is a byte here, which then is in the window} */
    private boolean isThere(long at) throws IOException {
        if (at >= limit) {
            return false;
        }
        if (windowStart >= 0 && at >= windowStart && at < windowStart + window.limit()) {
            return true;
        }
        window.clear();
        int n = source.read(window, at);
        window.flip();
        windowStart = at;
        if (n > 0) {
            return true;
        }
        if (limit < Long.MAX_VALUE) {
            throw new EOFException("the file ends at " + at + " while it is read");
        }
        limit = at;
        return false;
    }

    private MalformedTarException malformed(long at, String what) {
        return new MalformedTarException("at byte " + (at - base) + " of its tar stream there is " + what);
    }

    private static String nonEmpty(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static String untilNul(String text) {
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }
}
