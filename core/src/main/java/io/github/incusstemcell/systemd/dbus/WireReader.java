package io.github.incusstemcell.systemd.dbus;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads values in D-Bus marshalling (D-Bus specification, "Marshalling").
 *
 * <p>Numbers become {@link Long}, except that a {@code t} above the range of long becomes a {@link BigInteger}: systemd
 * says "no value" and "infinity" with its maximum, which must not be taken for -1. Strings, paths and signatures become
 * {@link String}, {@code ay} a byte array, dictionaries a {@link Map}, other arrays and structs a {@link List}; a variant
 * becomes what is in it.
 */
final class WireReader {

    private static final BigInteger TWO_TO_THE_64 = BigInteger.ONE.shiftLeft(64);
    /** How many values may be in each other; the specification's bound for messages. */
    private static final int DEEPEST = 64;

    private final ByteBuffer in;
    private int depth;

    WireReader(ByteBuffer in) {
        this.in = in;
    }

    List<Object> values(String signature) {
        List<Object> values = new ArrayList<>();
        Signature types = new Signature(signature);
        while (types.hasNext()) {
            values.add(value(types.next()));
        }
        return values;
    }

    void align(int boundary) {
        in.position(in.position() + (-in.position() & (boundary - 1)));
    }

    /** A variant holds its own signature, so that the sender decides how deep values are. */
    private Object value(String type) {
        if (++depth > DEEPEST) {
            throw new IllegalArgumentException("A D-Bus value of more than " + DEEPEST + " values in each other");
        }
        try {
            return valueHere(type);
        } finally {
            depth--;
        }
    }

    private Object valueHere(String type) {
        char code = type.charAt(0);
        align(Signature.alignment(code));
        return switch (code) {
            case 'y' -> (long) (in.get() & 0xff);
            case 'b' -> in.getInt() != 0;
            case 'n' -> (long) in.getShort();
            case 'q' -> (long) (in.getShort() & 0xffff);
            case 'i' -> (long) in.getInt();
            case 'u', 'h' -> in.getInt() & 0xffffffffL;
            case 'x' -> in.getLong();
            case 't' -> unsigned(in.getLong());
            case 'd' -> in.getDouble();
            case 's', 'o' -> text(in.getInt());
            case 'g' -> text(in.get() & 0xff);
            case 'v' -> variant(text(in.get() & 0xff));
            case '(' -> values(type.substring(1, type.length() - 1));
            case 'a' -> array(type.substring(1));
            default -> throw new IllegalArgumentException("Not a D-Bus type: " + type);
        };
    }

    private Object variant(String signature) {
        Signature types = new Signature(signature);
        Object value = value(types.next());
        if (types.hasNext()) {
            throw new IllegalArgumentException("A D-Bus variant of several values: " + signature);
        }
        return value;
    }

    private static Object unsigned(long value) {
        return value >= 0 ? (Object) value : BigInteger.valueOf(value).add(TWO_TO_THE_64);
    }

    /** A length that lies takes no memory. */
    private int within(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "A D-Bus value of " + length + " bytes, of which " + in.remaining() + " are there");
        }
        return length;
    }

    private String text(int length) {
        byte[] utf8 = new byte[within(length)];
        in.get(utf8);
        in.get(); // the terminating zero
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private Object array(String elementType) {
        int length = in.getInt();
        char code = elementType.charAt(0);
        align(Signature.alignment(code));
        if (code == 'y') {
            byte[] bytes = new byte[within(length)];
            in.get(bytes);
            return bytes;
        }
        int end = in.position() + within(length);
        return code == '{' ? dictionary(elementType, end) : list(elementType, end);
    }

    private List<Object> list(String elementType, int end) {
        List<Object> elements = new ArrayList<>();
        while (in.position() < end) {
            int begin = in.position();
            elements.add(value(elementType));
            if (in.position() == begin) {
                throw new IllegalArgumentException("A D-Bus array of values without any bytes: " + elementType);
            }
        }
        return elements;
    }

    private Map<Object, Object> dictionary(String entryType, int end) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        Signature types = new Signature(entryType.substring(1, entryType.length() - 1));
        String keyType = types.next();
        String valueType = types.next();
        while (in.position() < end) {
            align(8);
            entries.put(value(keyType), value(valueType));
        }
        return entries;
    }
}
