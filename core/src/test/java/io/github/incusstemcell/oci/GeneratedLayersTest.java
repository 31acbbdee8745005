package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Merges pairs of layers that nobody thought of, and compares what comes out with what umoci makes of them and with what the kernel shows
 * of them in an overlay mount. {@code dev/test --generated} runs it with thousands of pairs.
 */
class GeneratedLayersTest {

    /** How many pairs are put into one image: unpacking and mounting take their time, and each pair has a folder of its own. */
    private static final int PAIRS_IN_AN_IMAGE = 250;

    private static final int PAIRS = Integer.getInteger("generated.pairs", 500);

    /** Another one for each run; one that failed can be given again. */
    private static final long SEED = Long.getLong("generated.seed", System.nanoTime());

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS) // Thousands of pairs take longer than other tests may.
    void mergesAsUmociAndAnOverlayMountDo() throws IOException {
        System.out.println("GeneratedLayersTest: " + PAIRS + " pairs of layers, -Dgenerated.seed=" + SEED);
        Random random = new Random(SEED);
        for (int done = 0; done < PAIRS; done += PAIRS_IN_AN_IMAGE) {
            List<LayerPair> pairs = new ArrayList<>();
            for (int i = done; i < Math.min(PAIRS, done + PAIRS_IN_AN_IMAGE); i++) {
                pairs.add(new LayerPair(random, "pair" + i));
            }
            compare(pairs, Files.createDirectory(folder.resolve("image" + done)), done);
        }
    }

    private static void compare(List<LayerPair> pairs, Path here, int first) throws IOException {
        byte[] lower = layer(pairs, LayerPair::writeLower);
        byte[] upper = layer(pairs, LayerPair::writeUpper);
        byte[] merged;
        try (Rootfs rootfs = TestLayers.merge(here, lower, upper);
                InputStream in = rootfs.open()) {
            merged = in.readAllBytes();
        }
        List<String> ours = described(Unpacked.byTar(new ByteArrayInputStream(merged), here.resolve("ours")));
        TestLayout layout = new TestLayout(here.resolve("layout")).image("test", List.of(lower, upper));
        assertSame(pairs, first, "umoci", ours, described(Unpacked.byUmoci(layout, "test", here.resolve("umoci"))));
        byte[] overlay =
                Unpacked.overlaid(lower, layer(pairs, LayerPair::writeUpperOfOverlay), here.resolve("overlay"));
        assertSame(
                pairs,
                first,
                "an overlay mount",
                ours,
                described(Unpacked.byTar(new ByteArrayInputStream(overlay), here.resolve("shown"))));
        byte[] shuffled = layer(pairs, LayerPair::writeUpperShuffled);
        try (Rootfs rootfs = TestLayers.merge(here, lower, shuffled);
                InputStream in = rootfs.open()) {
            assertSame(
                    pairs,
                    first,
                    "the same layer in another order",
                    ours,
                    described(Unpacked.byTar(in, here.resolve("shuffled"))));
        }
        Unpacked.run("rm", "-rf", here.toString());
    }

    private static byte[] layer(List<LayerPair> pairs, BiConsumer<LayerPair, TestTar> write) {
        TestTar tar = new TestTar();
        pairs.forEach(pair -> write.accept(pair, tar));
        return tar.bytes();
    }

    private static List<String> described(Path root) throws IOException {
        return Unpacked.withoutDirectoryTimes(Unpacked.describeWithoutAttributes(root));
    }

    /** Shows one pair where something differs, as all of them are more than anybody reads. */
    private static void assertSame(
            List<LayerPair> pairs, int first, String other, List<String> ours, List<String> theirs) {
        if (ours.equals(theirs)) {
            return;
        }
        for (int i = 0; i < pairs.size(); i++) {
            String name = "pair" + (first + i);
            assertThat(of(name, ours))
                    .as(
                            "%s of -Dgenerated.seed=%s -Dgenerated.pairs=%s, compared with %s:%n%s",
                            name, SEED, PAIRS, other, pairs.get(i))
                    .isEqualTo(of(name, theirs));
        }
        assertThat(ours).as("seed %s, compared with %s", SEED, other).isEqualTo(theirs);
    }

    private static List<String> of(String pair, List<String> description) {
        return description.stream()
                .filter(line -> line.startsWith(pair + "/") || line.startsWith(pair + " "))
                .toList();
    }
}
