package io.github.incusstemcell.oci;

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
        return of(first).around(whole);
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

    private static Decompression of(byte[] first) {
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
