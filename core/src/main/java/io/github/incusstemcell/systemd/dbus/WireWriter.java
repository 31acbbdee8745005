package io.github.incusstemcell.systemd.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes values in D-Bus marshalling, little endian (D-Bus specification, "Marshalling").
 *
 * <p>Takes the types that calls to systemd need: {@code y b n q i u x t s o g}, arrays and structs of them (both as
 * {@link List}), and variants as {@link Variant}.
 */
final class WireWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    void align(int boundary) {
        while (out.size() % boundary != 0) {
            out.write(0);
        }
    }

    /** Writes one value for each complete type of the signature. */
    WireWriter values(String signature, List<?> values) {
        Signature types = new Signature(signature);
        for (Object value : values) {
            value(types.next(), value);
        }
        if (types.hasNext()) {
            throw new IllegalArgumentException("Too few values for the signature " + signature + ": " + values);
        }
        return this;
    }

    private void value(String type, Object value) {
        switch (type.charAt(0)) {
            case 'y' -> out.write(((Number) value).intValue());
            case 'b' -> number(Boolean.TRUE.equals(value) ? 1 : 0, 4);
            case 'n', 'q' -> number(((Number) value).longValue(), 2);
            case 'i', 'u' -> number(((Number) value).longValue(), 4);
            case 'x', 't' -> number(((Number) value).longValue(), 8);
            case 's', 'o' -> text((String) value);
            case 'g' -> signature((String) value);
            case 'v' -> variant((Variant) value);
            case 'a' -> array(type.substring(1), (List<?>) value);
            case '(' -> struct(type, (List<?>) value);
            default -> throw new IllegalArgumentException("A type that no call to systemd needs: " + type);
        }
    }

    void number(long value, int size) {
        align(size);
        for (int shift = 0; shift < size * 8; shift += 8) {
            out.write((int) (value >>> shift));
        }
    }

    private void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        number(utf8.length, 4);
        out.writeBytes(utf8);
        out.write(0);
    }

    private void signature(String value) {
        out.write(value.length());
        out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
        out.write(0);
    }

    private void variant(Variant variant) {
        signature(variant.signature());
        value(variant.signature(), variant.value());
    }

    private void struct(String type, List<?> fields) {
        align(8);
        values(type.substring(1, type.length() - 1), fields);
    }

    private void array(String elementType, List<?> elements) {
        // The elements are aligned as they will stand in the message: behind the length, and behind what is there.
        align(4);
        WireWriter body = new WireWriter();
        int start = out.size() + 4;
        int padding = -start & (Signature.alignment(elementType.charAt(0)) - 1);
        body.out.writeBytes(new byte[(start + padding) % 8]);
        int before = body.out.size();
        for (Object element : elements) {
            body.value(elementType, element);
        }
        byte[] content = body.bytes();
        number(content.length - before, 4);
        out.writeBytes(new byte[padding]);
        out.write(content, before, content.length - before);
    }
}
