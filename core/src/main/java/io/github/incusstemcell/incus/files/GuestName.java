package io.github.incusstemcell.incus.files;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import okio.Buffer;
import okio.ByteString;

/**
 * Names in a file system, which are bytes, as text and back. What is UTF-8 is that text; each byte that is not becomes a low
 * surrogate on its own, U+DC80 to U+DCFF, which no UTF-8 has, as in Python's {@code surrogateescape} (PEP 383). So two names are never one.
 */
public final class GuestName {

    private static final char REPLACEMENT = '\uFFFD';
    private static final char ESCAPED = 0xDC00;

    private GuestName() {}

    public static String text(ByteString name) {
        String text = name.utf8();
        return text.indexOf(REPLACEMENT) < 0 ? text : escaped(name.asByteBuffer());
    }

    private static String escaped(ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        while (true) {
            CoderResult result = decoder.decode(bytes, text, true);
            if (!result.isError()) {
                return text.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                text.put((char) (ESCAPED + (bytes.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    /**
     * {@return the name that a text stands for}
     *
     * @throws IllegalArgumentException where it is none, with half of a character
     */
    public static ByteString bytes(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return ByteString.encodeUtf8(text);
        }
        Buffer bytes = new Buffer();
        text.codePoints().forEach(c -> {
            if (isEscaped(c)) {
                bytes.writeByte(c - ESCAPED);
            } else if (Character.getType(c) == Character.SURROGATE) {
                throw new IllegalArgumentException(
                        "Not a path, as it has half of a character in it: '" + shown(text) + "'");
            } else {
                bytes.writeUtf8CodePoint(c);
            }
        });
        return bytes.readByteString();
    }

    private static boolean isEscaped(int codePoint) {
        return codePoint >= ESCAPED + 0x80 && codePoint <= ESCAPED + 0xff;
    }

    /** {@return the text as a message shows it} */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isEscaped(c)) {
                shown.append(String.format(Locale.ROOT, "\\x%02x", c - ESCAPED));
            } else if (Character.getType(c) == Character.SURROGATE) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /** {@return the bytes of a path of this machine, of which Java tells as text only those that are its characters} */
    static ByteString bytes(Path path) {
        String text = path.toString();
        if (text.indexOf(REPLACEMENT) < 0) {
            return ByteString.encodeUtf8(text);
        }
        // Only the form as a URI has all bytes; it is absolute, and ends with a slash where there is such a directory.
        String uri = path.getFileSystem().getPath("/").resolve(path).toUri().getRawPath();
        Buffer bytes = new Buffer();
        int end = uri.endsWith("/") && !text.endsWith("/") ? uri.length() - 1 : uri.length();
        for (int i = path.isAbsolute() ? 0 : 1; i < end; i++) {
            if (uri.charAt(i) == '%') {
                bytes.writeByte(Integer.parseInt(uri.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.writeByte(uri.charAt(i));
            }
        }
        return bytes.readByteString();
    }
}
