package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarReaderTest {

    private static final long HUGE = 20L << 30;

    @TempDir
    Path folder;

    @Test
    void readsFilesLargerThanOctalDigitsCanSay() throws IOException {
        byte[] binary = new TestTar().header('0', "huge", "", 0644, 0).bytesWithoutEnd();
        ByteBuffer.wrap(binary, 124, 12).putInt(0x80000000).putLong(HUGE);
        Tar.setChecksum(binary);
        byte[] pax = new TestTar()
                .extended('x', TestTar.record("size", String.valueOf(HUGE)))
                .header('0', "huge", "", 0644, 0)
                .bytesWithoutEnd();
        for (byte[] header : new byte[][] {binary, pax}) {
            Path file = folder.resolve("huge.tar");
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(header), 0);
                channel.write(ByteBuffer.wrap(new TestTar().file("after", "x").bytes()), header.length + HUGE);
                TarReader reader = new TarReader(channel, 0, channel.size());
                TarEntry huge = reader.next();
                assertThat(huge.dataSize()).isEqualTo(HUGE);
                assertThat(huge.verbatim()).isTrue();
                assertThat(reader.next().name()).isEqualTo("after");
                assertThat(reader.next()).isNull();
            }
            Files.delete(file);
        }
    }

    @Test
    void readsNegativeAndBinaryNumbers() {
        byte[] block = new byte[Tar.BLOCK];
        block[0] = (byte) 0xff;
        java.util.Arrays.fill(block, 0, 12, (byte) 0xff);
        assertThat(new Tar.Field(0, 12).number(block)).isEqualTo(-1);
        block[0] = (byte) 0x80;
        java.util.Arrays.fill(block, 1, 12, (byte) 0);
        block[11] = 5;
        assertThat(new Tar.Field(0, 12).number(block)).isEqualTo(5);
    }
}
