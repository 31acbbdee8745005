package io.github.incusstemcell.oci.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Writes header blocks for entries that cannot be copied as they are, because another name or another meaning is theirs
 * now. Names that are too long go into GNU's long-name entries, which hold them as bytes, where pax headers hold characters.
 */
public final class TarHeaders {

    private static final String LONG_NAME_ENTRY = "././@LongLink";

    private TarHeaders() {}

    /** {@return the headers of an entry under another name} */
    public static byte[] renamed(TarEntry entry, String name) {
        PaxRecords pax = entry.pax().without(Set.of("path", "linkpath")).replaced("GNU.sparse.name", name);
        byte[] header = entry.header().clone();
        header[Tar.TYPE] = (byte) entry.type();
        if (!entry.isFile()) {
            Tar.SIZE.setNumber(header, 0);
            pax = pax.without(Set.of("size"));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!pax.isEmpty()) {
            extended(out, 'x', "PaxHeaders/entry", pax.text());
        }
        finish(out, header, name, entry.isSymbolicLink() ? entry.linkName() : "");
        return out.toByteArray();
    }

    /** {@return the headers of a hard link to an entry that stands earlier under the name {@code target}} */
    public static byte[] hardLink(TarEntry entry, String name, String target) {
        byte[] header = entry.header().clone();
        header[Tar.TYPE] = '1';
        Tar.SIZE.setNumber(header, 0);
        if (Tar.isPosix(header)) {
            Tar.DEVICE_NUMBERS.set(header, "");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        finish(out, header, name, target);
        return out.toByteArray();
    }

    /** {@return the headers of a directory that nobody described: root's, for all to enter} */
    public static byte[] directory(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        finish(out, fresh('5', 0755), name, "");
        return out.toByteArray();
    }

    private static byte[] fresh(char type, int mode) {
        byte[] header = new byte[Tar.BLOCK];
        Tar.MODE.setNumber(header, mode);
        Tar.UID.setNumber(header, 0);
        Tar.GID.setNumber(header, 0);
        Tar.SIZE.setNumber(header, 0);
        Tar.MTIME.setNumber(header, 0);
        header[Tar.TYPE] = (byte) type;
        Tar.MAGIC.set(header, Tar.USTAR);
        return header;
    }

    private static void finish(ByteArrayOutputStream out, byte[] header, String name, String linkName) {
        if (name.length() > Tar.NAME.length()) {
            extended(out, 'L', LONG_NAME_ENTRY, name + "\0");
        }
        if (linkName.length() > Tar.LINK_NAME.length()) {
            extended(out, 'K', LONG_NAME_ENTRY, linkName + "\0");
        }
        Tar.NAME.set(header, name);
        Tar.LINK_NAME.set(header, linkName);
        if (Tar.isPosix(header)) {
            Tar.PREFIX.set(header, "");
        }
        Tar.setChecksum(header);
        out.writeBytes(header);
    }

    private static void extended(ByteArrayOutputStream out, char type, String name, String data) {
        byte[] header = fresh(type, 0644);
        Tar.NAME.set(header, name);
        Tar.SIZE.setNumber(header, data.length());
        Tar.setChecksum(header);
        out.writeBytes(header);
        out.writeBytes(data.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(new byte[(int) (Tar.padded(data.length()) - data.length())]);
    }
}
