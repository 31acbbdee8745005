package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstdLayersTest {

    private static final byte[] LOWER = new TestTar().file("a", "x").bytes();
    private static final byte[] UPPER = new TestTar().file("b", "y").bytes();

    @TempDir
    static Path folder;

    @Test
    void mergesLayersCompressedByZstd() throws IOException {
        assertThat(Unpacked.describe(Unpacked.byTar(merged("with").open(), folder.resolve("unpacked"))))
                .hasSize(3);
    }

    /** As pzstd and seekable formats have them; Incus takes such a layer for nothing that it knows. */
    @Test
    void readsLayersThatBeginWithAFrameToSkip() throws IOException {
        Digest lower = Digest.sha256(LOWER);
        Path single = new TestLayout(folder.resolve("skippable"))
                .image("one", List.of(skippable(LOWER)), List.of(lower))
                .folder();
        Path two = new TestLayout(folder.resolve("skippables"))
                .image("one", List.of(skippable(LOWER), skippable(UPPER)), List.of(lower, Digest.sha256(UPPER)))
                .folder();
        try (InputStream tar = rootfs(single).open()) {
            assertThat(tar.readAllBytes()).isEqualTo(LOWER);
        }
        assertThat(rootfs(single).size()).isEmpty();
        assertThat(Unpacked.describe(Unpacked.byTar(rootfs(two).open(), folder.resolve("unpacked-two"))))
                .hasSize(3);
        Path tarball = Files.write(folder.resolve("rootfs.tar.zst"), skippable(LOWER));
        try (OciImages images = OciImages.builder()
                        .settings(RegistrySettings.builder()
                                .cacheFolder(folder.resolve("cache"))
                                .build())
                        .build();
                InputStream tar = images.resolve(ImageReference.parse("rootfs:" + tarball))
                        .rootfs()
                        .open()) {
            assertThat(tar.readAllBytes()).isEqualTo(LOWER);
        }
    }

    private static byte[] skippable(byte[] tar) {
        byte[] frame = Zstd.compress(tar);
        byte[] whole = new byte[8 + 5 + frame.length];
        System.arraycopy(new byte[] {0x5e, 0x2a, 0x4d, 0x18, 5}, 0, whole, 0, 5);
        System.arraycopy(frame, 0, whole, 13, frame.length);
        return whole;
    }

    @Test
    void verifiesTheDiffIdOfASingleLayer() throws IOException {
        Path right = image("right", List.of(LOWER), List.of(Digest.sha256(LOWER)));
        Path wrong = image("wrong", List.of(LOWER), List.of(Digest.sha256(UPPER)));
        assertThat(rootfs(right).digest()).contains(Digest.sha256(Zstd.compress(LOWER)));
        assertThatThrownBy(() -> rootfs(wrong))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("does not have the diff_id " + Digest.sha256(UPPER));
    }

    @Test
    void saysWhatIsMissingWhereLayersHaveToBeMerged() throws Exception {
        String message = withoutZstd(MergeTwo.class);
        assertThat(message)
                .isEqualTo("Cannot use oci:" + folder.resolve("without") + ": its layer "
                        + Digest.sha256(Zstd.compress(LOWER)) + ": it is compressed by zstd, which takes"
                        + " com.github.luben:zstd-jni on the class path; add that to the dependencies of your tests.");
    }

    @Test
    void handsASingleLayerOnWithoutZstd() throws Exception {
        assertThat(withoutZstd(TakeOne.class)).isEqualTo("no error");
    }

    /** Runs a class in a world without zstd-jni. */
    private static String withoutZstd(Class<? extends Callable<String>> type) throws Exception {
        image("without", List.of(LOWER, UPPER), List.of(Digest.sha256(LOWER), Digest.sha256(UPPER)));
        image("single", List.of(LOWER), List.of(Digest.sha256(LOWER)));
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        URL[] urls = Arrays.stream(path.split(":"))
                .filter(entry -> !entry.contains("zstd-jni"))
                .map(ZstdLayersTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader world = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            var constructor = world.loadClass(type.getName()).getDeclaredConstructor(String.class);
            return (String) ((Callable<?>) constructor.newInstance(folder.toString())).call();
        }
    }

    /** Merges layers, in another world. */
    public record MergeTwo(String folder) implements Callable<String> {
        @Override
        public String call() throws IOException {
            return error(Path.of(folder, "without"));
        }
    }

    /** Takes an untouched layer, in another world. */
    public record TakeOne(String folder) implements Callable<String> {
        @Override
        public String call() throws IOException {
            return error(Path.of(folder, "single"));
        }
    }

    private static String error(Path layout) throws IOException {
        try {
            rootfs(layout).close();
            return "no error";
        } catch (IncusStemcellException e) {
            return e.getMessage();
        }
    }

    private static Rootfs merged(String name) throws IOException {
        return rootfs(image(name, List.of(LOWER, UPPER), List.of(Digest.sha256(LOWER), Digest.sha256(UPPER))));
    }

    private static Path image(String name, List<byte[]> tars, List<Digest> diffIds) throws IOException {
        List<byte[]> blobs = tars.stream().map(Zstd::compress).toList();
        return new TestLayout(folder.resolve(name)).image("one", blobs, diffIds).folder();
    }

    private static Rootfs rootfs(Path layout) {
        RegistrySettings settings = RegistrySettings.builder()
                .cacheFolder(layout.resolveSibling("cache"))
                .build();
        try (OciImages images = OciImages.builder().settings(settings).build()) {
            return images.resolve(ImageReference.parse("oci:" + layout)).rootfs();
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
