package io.github.incusstemcell.oci;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * How the bytes of a blob are compressed. The bytes themselves tell, because media types have been seen to lie and files
 * have none.
 */
enum Decompression {
    GZIP(0x1f, 0x8b) {
        @Override
        InputStream around(InputStream in) throws IOException {
            // Several members one after the other are one stream; parallel compressors write such.
            return GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .setBufferSize(BUFFER)
                    .get();
        }
    },
    ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
        @Override
        InputStream around(InputStream in) throws IOException {
            if (!zstdIsThere()) {
                throw new MissingException(
                        "it is compressed by zstd, which takes com.github.luben:zstd-jni on the class path;"
                                + " add that to the dependencies of your tests");
            }
            return Zstd.decompressing(in);
        }
    },
    NONE {
        @Override
        InputStream around(InputStream in) {
            return in;
        }
    };

    /** The compressed data ends early. */
    static final class CutOffException extends IOException {
        CutOffException(Throwable cause) {
            super("its compressed data is cut off", cause);
        }
    }

    /** What it takes to decompress is not on the class path. */
    static final class MissingException extends IOException {
        MissingException(String message) {
            super(message);
        }
    }

    private static final int BUFFER = 1 << 16;

    private final int[] magic;

    Decompression(int... magic) {
        this.magic = magic;
    }

    abstract InputStream around(InputStream in) throws IOException;

    /** Decompresses a stream as its first bytes ask for. */
    static InputStream of(InputStream in) throws IOException {
        PushbackInputStream whole = new PushbackInputStream(in, 4);
        byte[] first = whole.readNBytes(4);
        whole.unread(first);
        return new Whole(of(first), whole);
    }

    /** Says in words that compressed data ends early, for which decompressors have an exception without any. */
    private static final class Whole extends FilterInputStream {

        Whole(Decompression how, InputStream in) throws IOException {
            super(in);
            try {
                this.in = how.around(in);
            } catch (EOFException e) {
                throw new CutOffException(e);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return in.read(buffer, offset, length);
            } catch (EOFException e) {
                throw new CutOffException(e);
            }
        }
    }

    /** {@return whether these first bytes of a file say that it is compressed in a way that is known here} */
    static boolean isCompressed(byte[] first) {
        return of(first) != NONE;
    }

    static boolean isCompressed(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return isCompressed(in.readNBytes(4));
        }
    }

    /**
     * {@return whether a file begins with a frame that zstd is to skip (RFC 8878, 3.1.2), such as {@code pzstd} and seekable formats
     * write; Incus does not know it for zstd then}
     */
    static boolean beginsWithSkippableFrame(byte[] first) {
        return first.length >= 4
                && (first[0] & 0xf0) == 0x50
                && first[1] == 0x2a
                && first[2] == 0x4d
                && first[3] == 0x18;
    }

    private static Decompression of(byte[] first) {
        if (beginsWithSkippableFrame(first)) {
            return ZSTD;
        }
        return Arrays.stream(values())
                .filter(d -> d.magic.length > 0 && d.matches(first))
                .findFirst()
                .orElse(NONE);
    }

    private boolean matches(byte[] first) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= first.length || (first[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    static boolean zstdIsThere() {
        try {
            Class.forName("com.github.luben.zstd.ZstdInputStream", false, Decompression.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Apart, so that nothing of zstd-jni is loaded where nobody needs it. */
    private static final class Zstd {
        static InputStream decompressing(InputStream in) throws IOException {
            return new com.github.luben.zstd.ZstdInputStream(in);
        }
    }
}
