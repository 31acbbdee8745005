package io.github.incusstemcell.incus;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import okio.Buffer;

/** The little of DER (X.690) that a self-signed certificate and old forms of private keys need. */
final class Der {

    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTF8_STRING = 0x0c;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    private static final int CONTEXT = 0xa0;

    private Der() {}

    static byte[] sequence(byte[]... elements) {
        return element(SEQUENCE, elements);
    }

    static byte[] context(int number, byte[]... elements) {
        return element(CONTEXT | number, elements);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] utf8(String text) {
        return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bits(byte[] content) {
        return element(BIT_STRING, new byte[] {0}, content);
    }

    static byte[] identifier(String dotted) {
        String[] arcs = dotted.split("\\.");
        Buffer content = new Buffer().writeByte(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(content, Integer.parseInt(arcs[i]));
        }
        return element(OBJECT_IDENTIFIER, content.readByteArray());
    }

    private static void arc(Buffer content, int value) {
        for (int shift = 28; shift > 0; shift -= 7) {
            if (value >>> shift != 0) {
                content.writeByte(0x80 | (value >>> shift & 0x7f));
            }
        }
        content.writeByte(value & 0x7f);
    }

    static byte[] element(int tag, byte[]... contents) {
        Buffer content = new Buffer();
        for (byte[] part : contents) {
            content.write(part);
        }
        int length = (int) content.size();
        Buffer element = new Buffer().writeByte(tag);
        if (length < 0x80) {
            element.writeByte(length);
        } else if (length < 0x100) {
            element.writeByte(0x81).writeByte(length);
        } else {
            element.writeByte(0x82).writeShort(length);
        }
        element.write(content.readByteString());
        return element.readByteArray();
    }
}
