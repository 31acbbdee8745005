package io.github.incusstemcell.junit.assertj;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the access lists of a file say beyond its mode, acl(5), as {@code user:vcap:r--}: those that it has, and those that files in a folder
 * get, behind {@code default:}. Where there are none, it is empty.
 */
record AccessList(List<String> entries) {

    private static final int VERSION = 2;
    private static final Pattern ENTRY =
            Pattern.compile("(default:)?((user|group):[^:,\\s]*|mask:|other:):[r-][w-][x-]");

    /** The bits of linux/posix_acl.h. */
    private enum Tag {
        USER_OBJ(0x01),
        USER(0x02),
        GROUP_OBJ(0x04),
        GROUP(0x08),
        MASK(0x10),
        OTHER(0x20);

        private final int bit;

        Tag(int bit) {
            this.bit = bit;
        }

        String kind() {
            return name().replace("_OBJ", "").toLowerCase(Locale.ROOT);
        }

        static Tag of(int bit) {
            for (Tag tag : values()) {
                if (tag.bit == bit) {
                    return tag;
                }
            }
            throw AssertionErrors.of("Expecting an access list with tags of acl(5)\n  but was: " + bit);
        }
    }

    /**
     * Reads them.
     *
     * @param hex both attributes, with a comma between them
     */
    static AccessList ofHex(String guest, String hex, Accounts accounts) {
        return GuestLine.read("access lists of a file on " + guest, hex, text -> {
            String[] attribute = text.split(",", -1);
            return of(HexFormat.of().parseHex(attribute[0]), HexFormat.of().parseHex(attribute[1]), accounts);
        });
    }

    /**
     * Reads attributes.
     *
     * @param access system.posix_acl_access; empty where there is none
     * @param preset system.posix_acl_default; empty where there is none
     */
    static AccessList of(byte[] access, byte[] preset, Accounts accounts) {
        List<String> entries = new ArrayList<>(entries(access, "", accounts));
        entries.addAll(entries(preset, "default:", accounts));
        return new AccessList(List.copyOf(entries));
    }

    /** Little endian: a version, then of each entry tag and rights in 16 bits, and a number in 32. */
    private static List<String> entries(byte[] attribute, String prefix, Accounts accounts) {
        List<String> entries = new ArrayList<>();
        ByteBuffer fields = ByteBuffer.wrap(attribute).order(ByteOrder.LITTLE_ENDIAN);
        if (fields.hasRemaining() && fields.getInt() != VERSION) {
            throw AssertionErrors.of("Expecting an access list of version " + VERSION + "\n  but was another");
        }
        while (fields.hasRemaining()) {
            Tag tag = Tag.of(fields.getShort());
            int rights = fields.getShort();
            int id = fields.getInt();
            entries.add(prefix + tag.kind() + ":"
                    + (tag == Tag.USER || tag == Tag.GROUP ? name(tag, Integer.toUnsignedLong(id), accounts) : "") + ":"
                    + rights(rights));
        }
        return entries;
    }

    private static String name(Tag tag, long id, Accounts accounts) {
        return tag == Tag.USER ? accounts.userName(id) : accounts.groupName(id);
    }

    private static String rights(int bits) {
        return ((bits & 4) != 0 ? "r" : "-") + ((bits & 2) != 0 ? "w" : "-") + ((bits & 1) != 0 ? "x" : "-");
    }

    /** One entry as getfacl(1) prints it. */
    static String entry(String entry) {
        if (!ENTRY.matcher(Arguments.text(entry)).matches()) {
            throw new IllegalArgumentException(
                    "Not an entry of an access list as user:vcap:r-- or default:group:adm:r-x: '" + entry + "'");
        }
        return entry;
    }

    String words() {
        return entries.isEmpty() ? "none" : String.join(",", entries);
    }
}
