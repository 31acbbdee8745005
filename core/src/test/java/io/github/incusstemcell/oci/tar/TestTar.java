package io.github.incusstemcell.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Writes tar streams header by header, so that tests can have any oddity that a layer may have. */
public final class TestTar {

    public static final long MTIME = 1_600_000_000L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, String> nextPax = new LinkedHashMap<>();
    private String uid = octal(0, 8);
    private String gid = octal(0, 8);
    private String mtime = octal(MTIME, 12);
    private String prefix = "";
    private String devices = "";
    private String magic = "ustar\00000";

    /** The next entry gets a pax record; texts are bytes, one character for each. */
    public TestTar pax(String key, String value) {
        nextPax.put(key, value);
        return this;
    }

    public TestTar owner(int uid, int gid) {
        this.uid = octal(uid, 8);
        this.gid = octal(gid, 8);
        return this;
    }

    /** GNU's way to write numbers that do not fit. */
    public TestTar binaryOwner(int uid) {
        this.uid = "\u0080\0\0\0" + (char) (uid >>> 24 & 0xff) + (char) (uid >>> 16 & 0xff) + (char) (uid >>> 8 & 0xff)
                + (char) (uid & 0xff);
        return this;
    }

    public TestTar mtime(long seconds) {
        this.mtime = octal(seconds, 12);
        return this;
    }

    public TestTar prefix(String prefix) {
        this.prefix = prefix;
        return this;
    }

    public TestTar gnu() {
        this.magic = "ustar  \0";
        return this;
    }

    public TestTar directory(String name, int mode) {
        return entry('5', name, "", mode, new byte[0]);
    }

    public TestTar file(String name, int mode, String content) {
        return entry('0', name, "", mode, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    public TestTar file(String name, String content) {
        return file(name, 0644, content);
    }

    public TestTar file(String name, byte[] content) {
        return entry('0', name, "", 0644, content);
    }

    public TestTar symbolicLink(String name, String target) {
        return entry('2', name, target, 0777, new byte[0]);
    }

    public TestTar hardLink(String name, String target) {
        return entry('1', name, target, 0644, new byte[0]);
    }

    public TestTar device(char type, String name, int major, int minor) {
        devices = octal(major, 8) + octal(minor, 8);
        entry(type, name, "", 0660, new byte[0]);
        devices = "";
        return this;
    }

    public TestTar fifo(String name) {
        return entry('6', name, "", 0600, new byte[0]);
    }

    public TestTar whiteout(String name) {
        return file(name, 0, "");
    }

    public TestTar longName(char type, String text) {
        return header(type, "././@LongLink", "", 0644, (text + "\0").length()).data(latin1(text + "\0"));
    }

    public TestTar entry(char type, String name, String linkName, int mode, byte[] content) {
        if (!nextPax.isEmpty()) {
            StringBuilder records = new StringBuilder();
            nextPax.forEach((key, value) -> records.append(record(key, value)));
            nextPax.clear();
            extended('x', records.toString());
        }
        return header(type, name, linkName, mode, content.length).data(content);
    }

    public TestTar extended(char type, String records) {
        return header(type, "PaxHeaders/x", "", 0644, records.length()).data(latin1(records));
    }

    public static String record(String key, String value) {
        int rest = key.length() + value.length() + 3;
        int length = rest;
        while (length != rest + String.valueOf(length).length()) {
            length = rest + String.valueOf(length).length();
        }
        return length + " " + key + "=" + value + "\n";
    }

    public TestTar header(char type, String name, String linkName, int mode, long size) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, octal(mode, 8));
        put(header, 108, uid);
        put(header, 116, gid);
        put(header, 124, octal(size, 12));
        put(header, 136, mtime);
        put(header, 148, "        ");
        put(header, 156, String.valueOf(type));
        put(header, 157, linkName);
        put(header, 257, magic);
        put(header, 329, devices);
        put(header, 345, prefix);
        prefix = "";
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        out.writeBytes(header);
        return this;
    }

    public TestTar data(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    public TestTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[1024]);
        return whole.toByteArray();
    }

    public byte[] bytesWithoutEnd() {
        return out.toByteArray();
    }

    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private static String octal(long number, int width) {
        String digits = Long.toOctalString(number);
        return "0".repeat(width - 1 - digits.length()) + digits + "\0";
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = latin1(text);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
