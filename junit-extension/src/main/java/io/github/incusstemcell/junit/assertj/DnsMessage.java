package io.github.incusstemcell.junit.assertj;

import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Questions and answers of the domain name system in bytes, RFC 1035, section 4. */
record DnsMessage(ByteBuffer bytes) {

    private static final int ID = 0x4953;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE = 0x8000;
    private static final int CODE = 0xf;
    private static final int INTERNET = 1;
    private static final int POINTER = 0xc0;
    private static final int LONGEST_NAME = 255;

    /** The names of RFC 1035 for the codes that there are mostly. */
    private static final List<String> CODES =
            List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

    /** A name of which a question can be made. */
    static String name(String name) {
        String ascii;
        try {
            ascii = IDN.toASCII(Arguments.domain(name).replaceFirst("\\.$", ""), IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Not a name of the domain name system: '" + name + "'", e);
        }
        if (ascii.isEmpty() || ascii.length() >= LONGEST_NAME - 1 || ascii.contains("..")) {
            throw new IllegalArgumentException("Not a name of the domain name system: '" + name + "'");
        }
        return name;
    }

    static byte[] question(String name, DnsType type) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (int field : new int[] {ID, RECURSION_DESIRED, 1, 0, 0, 0}) {
            message.write(field >> Byte.SIZE);
            message.write(field);
        }
        for (String label :
                IDN.toASCII(name.replaceFirst("\\.$", ""), IDN.ALLOW_UNASSIGNED).split("\\.")) {
            byte[] letters = label.getBytes(StandardCharsets.US_ASCII);
            message.write(letters.length);
            message.writeBytes(letters);
        }
        message.writeBytes(new byte[] {0, 0, (byte) type.number(), 0, INTERNET});
        return message.toByteArray();
    }

    /** Throws an assertion error where it is no answer. */
    static DnsAnswer answer(byte[] message, DnsType type) {
        try {
            return new DnsMessage(ByteBuffer.wrap(message)).answer(type);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw AssertionErrors.of(
                    "Expecting an answer of DNS\n  but was: " + HexFormat.of().formatHex(message));
        }
    }

    private DnsAnswer answer(DnsType type) {
        int id = number();
        int flags = number();
        int questions = number();
        int answers = number();
        bytes.getInt();
        if (id != ID || (flags & RESPONSE) == 0) {
            throw new IllegalArgumentException();
        }
        for (int i = 0; i < questions; i++) {
            name();
            bytes.getInt();
        }
        List<DnsRecord> records = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            record(type).ifPresent(records::add);
        }
        int code = flags & CODE;
        return new DnsAnswer(code < CODES.size() ? CODES.get(code) : "code " + code, records);
    }

    private int number() {
        return Short.toUnsignedInt(bytes.getShort());
    }

    /** Those of the type; others are on the way to them, as aliases are. */
    private Optional<DnsRecord> record(DnsType type) {
        String name = name();
        int found = number();
        number();
        long ttl = Integer.toUnsignedLong(bytes.getInt());
        int length = number();
        int end = bytes.position() + length;
        Optional<DnsRecord> record = found == type.number()
                ? Optional.of(new DnsRecord(name, type, ttl, data(type, end)))
                : Optional.empty();
        bytes.position(end);
        return record;
    }

    private String data(DnsType type, int end) {
        return switch (type) {
            case A, AAAA -> Addresses.ofBytes(rest(end));
            case NS, CNAME, PTR -> name();
            case MX -> number() + " " + name();
            case SRV -> number() + " " + number() + " " + number() + " " + name();
            case SOA ->
                name() + " " + name() + " " + unsigned() + " " + unsigned() + " " + unsigned() + " " + unsigned() + " "
                        + unsigned();
            case TXT -> texts(end);
        };
    }

    private long unsigned() {
        return Integer.toUnsignedLong(bytes.getInt());
    }

    private byte[] rest(int end) {
        return part(end - bytes.position());
    }

    private byte[] part(int length) {
        if (length < 0) {
            throw new IllegalArgumentException();
        }
        byte[] part = new byte[length];
        bytes.get(part);
        return part;
    }

    private String texts(int end) {
        StringBuilder texts = new StringBuilder();
        while (bytes.position() < end) {
            texts.append(new String(part(Byte.toUnsignedInt(bytes.get())), StandardCharsets.UTF_8));
        }
        return texts.toString();
    }

    /** Its end may be elsewhere in the message, where it was before. */
    private String name() {
        StringBuilder name = new StringBuilder();
        int end = -1;
        while (true) {
            int length = Byte.toUnsignedInt(bytes.get());
            if (length == 0) {
                break;
            }
            if (length >= POINTER) {
                int there = (length - POINTER) << Byte.SIZE | Byte.toUnsignedInt(bytes.get());
                if (there >= bytes.position() - 2) {
                    throw new IllegalArgumentException("not to what was before, and perhaps in a ring");
                }
                end = end < 0 ? bytes.position() : end;
                bytes.position(there);
            } else {
                name.append(name.isEmpty() ? "" : ".").append(new String(part(length), StandardCharsets.ISO_8859_1));
            }
            if (name.length() > LONGEST_NAME) {
                throw new IllegalArgumentException();
            }
        }
        if (end >= 0) {
            bytes.position(end);
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }
}
