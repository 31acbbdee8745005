package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeImageTest {

    @TempDir
    Path folder;

    /**
     * The number of layers and files is what takes memory, so the files are small here; with 7000 bytes for each it is an
     * image of 2 GiB: {@code java -Xmx128m ...LargeImage <folder> 60 5000 7000}.
     */
    @Test
    void mergesSixtyLayersOfFiveThousandFilesWithLittleMemory() throws IOException {
        String output = Unpacked.run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LargeImage.class.getName(),
                folder.toString(),
                "60",
                "5000",
                "64");
        assertThat(output).contains("merged ").contains("heap 1");
    }
}
