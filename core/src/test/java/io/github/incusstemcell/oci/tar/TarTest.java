package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TarTest {

    @Test
    void takesPathsAsTheyAreMeantInsideARoot() {
        assertThat(Tar.components("a/b")).containsExactly("a", "b");
        assertThat(Tar.components("./a//b/")).containsExactly("a", "b");
        assertThat(Tar.components("../../etc")).containsExactly("etc");
        assertThat(Tar.components("/a/b/../c")).containsExactly("a", "c");
        assertThat(Tar.components("a/../..")).isEmpty();
    }

    @Test
    void padsToWholeBlocks() {
        assertThat(new long[] {Tar.padded(0), Tar.padded(1), Tar.padded(512), Tar.padded(513)})
                .containsExactly(0, 512, 512, 1024);
    }

    @Test
    void readsAFieldThatIsFullToItsEnd() {
        byte[] block = new byte[Tar.BLOCK];
        Tar.NAME.set(block, "n".repeat(101));
        assertThat(Tar.NAME.text(block)).isEqualTo("n".repeat(100));
        assertThat(Tar.MODE.text(block)).isEmpty();
        Tar.MODE.setNumber(block, 0644);
        assertThat(Tar.MODE.raw(block)).isEqualTo("0000644\0");
        assertThat(Tar.MODE.number(block)).isEqualTo(0644);
        Tar.MODE.set(block, " 644 ");
        assertThat(Tar.MODE.number(block)).isEqualTo(0644);
        Tar.MODE.set(block, "");
        assertThat(Tar.MODE.number(block)).isZero();
    }

    @Test
    void showsNamesInUtf8() {
        assertThat(Tar.legible("caf\u00c3\u00a9")).isEqualTo("caf\u00e9");
    }
}
