package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The program that docs/recipes.md shows. */
class BootStemcellTest {

    /** From a server of images; dev/demo has made one of its own, which needs no download. */
    private static final String DEBIAN = Optional.ofNullable(System.getenv("INCUS_STEMCELL_DEV_ROOTFS"))
            .map("rootfs:"::concat)
            .orElse("images:debian/13");

    @Test
    @ResourceLock(Resources.SYSTEM_OUT)
    void printsTheAddressAndWhatHasFailed() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            BootStemcell.main(new String[] {DEBIAN});
        } finally {
            System.setOut(before);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("^ic-[0-9a-z]+ has 10\\.[0-9.]+\n")
                .contains("0 loaded units listed");
    }
}
