package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void readsNumbersOfUpTo64Bits() {
        assertThat(binaryNumber(0x80000000, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(binaryNumber(0xffffffff, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> binaryNumber(0x80000000, Long.MIN_VALUE)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> binaryNumber(0xffffffff, Long.MAX_VALUE)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void refusesAnEntryWithoutAValidSize() {
        String refusal = "at byte 512 of its tar stream there is an entry has no valid size";
        for (byte[] size : List.of("9".getBytes(), binary(0xffffffff, -1), binary(0x80000000, Long.MIN_VALUE))) {
            byte[] header = new TestTar().header('0', "a", "", 0644, 0).bytesWithoutEnd();
            ByteBuffer.wrap(header).put(124, size);
            Tar.setChecksum(header);
            assertMalformed(new TestTar().directory("d", 0755).raw(header).bytes(), refusal);
        }
        for (String size : List.of("-1", "1k", "9223372036854775808")) {
            assertMalformed(
                    new TestTar().pax("size", size).file("a", "x").bytes(),
                    "at byte 1024 of its tar stream there is an entry has no valid size");
        }
    }

    @Test
    void takesChecksumsOfSignedBytesAsAncientTarsWroteThem() throws IOException {
        byte[] tar = new TestTar().file("caf\u00e9", "x").bytes();
        int unsigned = Integer.parseInt(new String(tar, 148, 6), 8);
        ByteBuffer.wrap(tar).put(148, String.format("%06o", unsigned - 256).getBytes());
        assertThat(names(tar)).containsExactly("caf\u00e9");
        for (String wrong : List.of(String.format("%06o", unsigned - 255), "no sum")) {
            ByteBuffer.wrap(tar).put(148, wrong.getBytes());
            assertMalformed(tar, "at byte 0 of its tar stream there is no tar header");
        }
    }

    @Test
    void endsAtASingleBlockOfZerosOnlyIfNoWholeBlockFollows() throws IOException {
        TestTar tar = new TestTar().file("a", "x").raw(new byte[512]);
        assertThat(names(tar.bytesWithoutEnd())).containsExactly("a");
        assertThat(names(tar.raw(new byte[] {1}).bytesWithoutEnd())).containsExactly("a");
        assertMalformed(
                new TestTar().file("a", "x").raw(new byte[512]).file("b", "x").bytes(),
                "at byte 1024 of its tar stream there is a single block of zeros, with more behind it");
    }

    @Test
    void refusesExtendedHeadersThatAreMuchTooLarge() throws IOException {
        int largest = 4 << 20;
        String record = TestTar.record("comment", "c".repeat(largest - "4194304 comment=\n".length()));
        assertThat(record).hasSize(largest);
        assertThat(names(new TestTar().extended('x', record).file("a", "x").bytes()))
                .containsExactly("a");
        assertMalformed(
                new TestTar().header('x', "x", "", 0644, largest + 1).bytes(),
                "at byte 0 of its tar stream there is an extended header of 4194305 bytes");
    }

    @Test
    void refusesAnExtendedHeaderWithoutItsEntryButNotDefaultsForNone() throws IOException {
        String defaults = TestTar.record("mtime", "1");
        assertThat(names(new TestTar().file("a", "x").extended('g', defaults).bytes()))
                .containsExactly("a");
        String refusal = "at byte 1024 of its tar stream there is an extended header without its entry";
        assertMalformed(new TestTar().file("a", "x").longName('L', "b").bytes(), refusal);
        assertMalformed(
                new TestTar()
                        .file("a", "x")
                        .longName('L', "b")
                        .extended('g', defaults)
                        .bytes(),
                refusal);
    }

    @Test
    void refusesMalformedPaxRecords() throws IOException {
        for (String records : List.of(
                "7 a=b\n",
                "5 a=b\n",
                "6 a=b\r",
                "6 abc\n",
                "6 abc\n=",
                "6 abc\n6 d=e\n",
                "a=b\n",
                "+6 a=b\n",
                " a=b\n")) {
            assertMalformed(
                    new TestTar().extended('x', records).file("a", "x").bytes(),
                    "at byte 1024 of its tar stream there is a malformed pax header");
        }
        try (FileChannel file = file(
                new TestTar().extended('x', "6 a=b\n7 c==\n\n").file("a", "x").bytes())) {
            PaxRecords pax = new TarReader(file, 0, file.size()).next().pax();
            assertThat(pax.get("a")).isEqualTo("b");
            assertThat(pax.get("c")).isEqualTo("=\n");
        }
    }

    @Test
    void findsTheDataOfASparseFileBehindItsMap() throws IOException {
        byte[] header = new TestTar().gnu().header('S', "sparse", "", 0644, 3).bytesWithoutEnd();
        header[Tar.SPARSE_CONTINUES] = 1;
        Tar.setChecksum(header);
        byte[] goesOn = new byte[512];
        goesOn[Tar.SPARSE_CONTINUES_AGAIN] = 1;
        byte[] tar = new TestTar()
                .raw(header)
                .raw(goesOn)
                .raw(new byte[512])
                .data("abc".getBytes())
                .file("after", "x")
                .bytes();
        try (FileChannel file = file(tar)) {
            TarReader reader = new TarReader(file, 0, file.size());
            TarEntry sparse = reader.next();
            assertThat(sparse.headerEnd()).isEqualTo(512);
            assertThat(sparse.dataStart()).isEqualTo(1536);
            assertThat(sparse.dataSize()).isEqualTo(3);
            assertThat(reader.next().name()).isEqualTo("after");
        }
    }

    @Test
    void needsAllDataOfAFileAndItsPaddingOnlyInAStream() throws IOException {
        byte[] unpadded = new TestTar()
                .header('0', "a", "", 0644, 3)
                .raw("abc".getBytes())
                .bytesWithoutEnd();
        String cutOff = "at byte 0 of its tar stream there is an entry, a, whose data is cut off";
        try (FileChannel file = file(unpadded)) {
            TarReader reader = new TarReader(file, 0, file.size());
            assertThat(reader.next().dataSize()).isEqualTo(3);
            assertThat(reader.next()).isNull();
            assertThatThrownBy(new TarReader(file, 0, file.size() - 1)::next)
                    .isInstanceOf(TarReader.MalformedTarException.class)
                    .hasMessage(cutOff);
        }
        assertThatThrownBy(TarReader.passing(new ByteArrayInputStream(unpadded))::next)
                .hasMessage(cutOff);
        byte[] padded = new TestTar().file("a", "abc").bytesWithoutEnd();
        TarReader reader = TarReader.passing(new ByteArrayInputStream(padded));
        assertThat(reader.next().dataSize()).isEqualTo(3);
        assertThat(reader.next()).isNull();
        byte[] endless =
                new TestTar().pax("size", "9223372036854775807").file("a", "x").bytes();
        assertThatThrownBy(TarReader.passing(new ByteArrayInputStream(endless))::next)
                .hasMessage(cutOff);
    }

    @Test
    void countsFromTheStartOfTheStreamInItsFile() throws IOException {
        byte[] tar = new TestTar()
                .file("before", "x")
                .file("a", "x")
                .raw(new byte[] {1})
                .bytesWithoutEnd();
        try (FileChannel file = file(tar)) {
            TarReader reader = new TarReader(file, 1024, file.size());
            assertThat(reader.next().start()).isEqualTo(1024);
            assertThatThrownBy(reader::next)
                    .hasMessage("at byte 1024 of its tar stream there is the end in the middle of an entry");
        }
    }

    @Test
    void saysThatTheFileBecameShorterWhileItIsRead() throws IOException {
        try (FileChannel file = file(new TestTar().file("a", "x").bytesWithoutEnd())) {
            TarReader reader = new TarReader(file, 0, 2048);
            assertThat(reader.next().name()).isEqualTo("a");
            assertThatThrownBy(reader::next)
                    .isInstanceOf(EOFException.class)
                    .hasMessage("the file ends at 1024 while it is read");
        }
    }

    @Test
    void readsEntriesAtAnyPlaces() throws IOException {
        String longName = "n/".repeat(3000);
        byte[] tar = new TestTar()
                .file("first", "x")
                .longName('L', longName)
                .directory("short", 0755)
                .bytes();
        try (FileChannel file = file(tar)) {
            TarReader reader = TarReader.jumping(file);
            assertThat(reader.at(1024).name()).isEqualTo(longName);
            assertThat(reader.at(0).name()).isEqualTo("first");
            assertThatThrownBy(() -> reader.at(tar.length - 1024))
                    .isInstanceOf(TarReader.MalformedTarException.class)
                    .hasMessage("at byte " + (tar.length - 1024)
                            + " of its tar stream there is the end of the archive, and no entry");
        }
    }

    @Test
    void takesTheNameFromTheHeaderThatHasTheLastWord() throws IOException {
        assertThat(names(new TestTar()
                        .prefix("prefix")
                        .file("posix", "x")
                        .pax("path", "pax")
                        .prefix("prefix")
                        .file("a", "x")
                        .pax("path", "")
                        .file("empty-pax", "x")
                        .pax("GNU.sparse.name", "sparse")
                        .pax("path", "pax")
                        .file("b", "x")
                        .pax("path", "first")
                        .pax("GNU.sparse.name", "")
                        .file("c", "x")
                        .longName('L', "long")
                        .pax("path", "pax")
                        .file("d", "x")
                        .gnu()
                        .prefix("times")
                        .file("gnu", "x")
                        .bytes()))
                .containsExactly("prefix/posix", "pax", "empty-pax", "sparse", "first", "long", "gnu");
    }

    @Test
    void takesTheTargetOfALinkFromTheHeaderThatHasTheLastWord() throws IOException {
        byte[] tar = new TestTar()
                .symbolicLink("a", "plain")
                .pax("linkpath", "pax")
                .symbolicLink("b", "plain")
                .longName('K', "long")
                .pax("linkpath", "pax")
                .symbolicLink("c", "plain")
                .bytes();
        assertThat(entries(tar)).extracting(TarEntry::linkName).containsExactly("plain", "pax", "long");
    }

    @Test
    void foldsHistoricTypesAndSaysWhatCannotBeCopiedAsItIs() throws IOException {
        byte[] tar = new TestTar()
                .entry('\0', "old", "", 0644, "x".getBytes())
                .entry('\0', "old/", "", 0755, new byte[0])
                .entry('7', "contiguous", "", 0644, "x".getBytes())
                .header('5', "sized", "", 0755, 4096)
                .extended('g', TestTar.record("mtime", "1"))
                .file("behind-defaults", "x")
                .file("plain", "x")
                .bytes();
        assertThat(entries(tar))
                .extracting(entry -> entry.type() + " " + entry.dataSize() + " " + entry.verbatim())
                .containsExactly("0 1 true", "5 0 true", "0 1 true", "5 0 false", "0 1 false", "0 1 true");
    }

    @Test
    void takesUnknownTypesForFilesOnlyInAStreamAsTarDoes() throws IOException {
        byte[] tar = new TestTar().entry('Z', "a", "", 0644, "x".getBytes()).bytes();
        assertMalformed(
                tar, "at byte 0 of its tar stream there is an entry, a, of the type 'Z', which no layer may have");
        assertThat(TarReader.passing(new ByteArrayInputStream(tar)).next().isFile())
                .isTrue();
    }

    private void assertMalformed(byte[] tar, String problem) {
        assertThatThrownBy(() -> entries(tar))
                .isInstanceOf(TarReader.MalformedTarException.class)
                .hasMessage(problem);
    }

    private List<String> names(byte[] tar) throws IOException {
        return entries(tar).stream().map(TarEntry::name).toList();
    }

    private List<TarEntry> entries(byte[] tar) throws IOException {
        List<TarEntry> entries = new ArrayList<>();
        try (FileChannel file = file(tar)) {
            TarReader reader = new TarReader(file, 0, file.size());
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private FileChannel file(byte[] tar) throws IOException {
        return FileChannel.open(Files.write(folder.resolve("a.tar"), tar));
    }

    private static long binaryNumber(int first, long rest) {
        return new Tar.Field(0, 12).number(binary(first, rest));
    }

    private static byte[] binary(int first, long rest) {
        return ByteBuffer.allocate(12).putInt(first).putLong(rest).array();
    }
}
