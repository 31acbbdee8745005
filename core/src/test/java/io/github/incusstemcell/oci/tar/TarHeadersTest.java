package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TarHeadersTest {

    private static final String FITS = "n".repeat(100);
    private static final String TOO_LONG = "n".repeat(101);

    @Test
    void writesANameIntoTheHeaderAsLongAsItFits() throws IOException {
        TarEntry file = only(new TestTar().prefix("old").file("a", ""));
        assertThat(TarHeaders.renamed(file, FITS)).hasSize(512);
        assertThat(read(TarHeaders.renamed(file, FITS)).name()).isEqualTo(FITS);
        assertThat(TarHeaders.renamed(file, TOO_LONG)).hasSize(3 * 512);
        assertThat(read(TarHeaders.renamed(file, TOO_LONG)).name()).isEqualTo(TOO_LONG);
    }

    @Test
    void writesTheTargetOfALinkIntoTheHeaderAsLongAsItFits() throws IOException {
        for (String target : new String[] {FITS, TOO_LONG}) {
            TarEntry link = only(new TestTar().longName('K', target).symbolicLink("a", ""));
            byte[] renamed = TarHeaders.renamed(link, "b");
            assertThat(renamed).hasSize(target.equals(FITS) ? 512 : 3 * 512);
            assertThat(read(renamed).isSymbolicLink()).isTrue();
            assertThat(read(renamed).linkName()).isEqualTo(target);
        }
    }

    @Test
    void padsALongNameToWholeBlocks() throws IOException {
        TarEntry file = only(new TestTar().file("a", ""));
        for (int length : new int[] {510, 511, 512}) {
            byte[] renamed = TarHeaders.renamed(file, "n".repeat(length));
            assertThat(renamed).hasSize(length < 512 ? 3 * 512 : 4 * 512);
            assertThat(read(renamed).name()).hasSize(length);
        }
    }

    @Test
    void renamesASparseFileWhereItsNameIs() throws IOException {
        TarEntry sparse = only(new TestTar()
                .pax("GNU.sparse.name", "sparse")
                .pax("path", "made-up")
                .pax("comment", "kept")
                .file("a", ""));
        TarEntry renamed = read(TarHeaders.renamed(sparse, "b"));
        assertThat(renamed.name()).isEqualTo("b");
        assertThat(renamed.pax().get("comment")).isEqualTo("kept");
        assertThat(renamed.pax().get("path")).isNull();
    }

    @Test
    void keepsTheSizeOfAFileAndTakesItFromAllElse() throws IOException {
        TarEntry file = only(new TestTar().pax("size", "3").file("a", "abc"));
        assertThat(read(TarHeaders.renamed(file, "b"), "abc").dataSize()).isEqualTo(3);
        TarEntry directory =
                only(new TestTar().extended('x', TestTar.record("size", "4096")).header('5', "a", "", 0755, 4096));
        TarEntry renamed = read(TarHeaders.renamed(directory, "b"));
        assertThat(renamed.isDirectory()).isTrue();
        assertThat(renamed.verbatim()).isTrue();
        assertThat(renamed.pax().isEmpty()).isTrue();
    }

    @Test
    void makesAHardLinkOfAnEntry() throws IOException {
        TarEntry device = only(new TestTar().owner(7, 8).prefix("old").device('c', "a", 5, 1));
        TarEntry link = read(TarHeaders.hardLink(device, "b", "a"));
        assertThat(link.isHardLink()).isTrue();
        assertThat(link.name()).isEqualTo("b");
        assertThat(link.linkName()).isEqualTo("a");
        assertThat(Tar.UID.number(link.header())).isEqualTo(7);
        assertThat(Tar.DEVICE_NUMBERS.text(link.header())).isEmpty();
        TarEntry file = only(new TestTar().file("a", "abc"));
        assertThat(read(TarHeaders.hardLink(file, "b", TOO_LONG)).linkName()).isEqualTo(TOO_LONG);
        assertThat(read(TarHeaders.hardLink(file, "b", "a")).verbatim()).isTrue();
    }

    @Test
    void makesADirectoryOfRootForAllToEnter() throws IOException {
        TarEntry directory = read(TarHeaders.directory("d"));
        assertThat(directory.isDirectory()).isTrue();
        assertThat(directory.name()).isEqualTo("d");
        byte[] header = directory.header();
        assertThat(Tar.MODE.text(header)).isEqualTo("0000755");
        assertThat(Tar.UID.text(header)).isEqualTo("0000000");
        assertThat(Tar.GID.text(header)).isEqualTo("0000000");
        assertThat(Tar.SIZE.text(header)).isEqualTo("00000000000");
        assertThat(Tar.MTIME.text(header)).isEqualTo("00000000000");
        assertThat(Tar.isPosix(header)).isTrue();
    }

    private static TarEntry only(TestTar tar) throws IOException {
        return TarReader.passing(new ByteArrayInputStream(tar.bytes())).next();
    }

    private static TarEntry read(byte[] headers) throws IOException {
        return read(headers, "");
    }

    private static TarEntry read(byte[] headers, String data) throws IOException {
        TarReader reader = TarReader.passing(new ByteArrayInputStream(
                new TestTar().raw(headers).data(data.getBytes()).bytes()));
        TarEntry entry = reader.next();
        assertThat(reader.next()).isNull();
        return entry;
    }
}
