package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.oci.FaultyRegistry.Answer;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a layer while it is still being downloaded is the layer, or does not come to its end. */
@Timeout(60)
class ArrivingRootfsTest {

    private static final int HALF = 200_000;

    private final byte[] tar = tar();
    private final byte[] layer = TestTar.gzip(tar);
    private final Digest digest = Digest.sha256(layer);

    @TempDir
    private Path cache;

    private FaultyRegistry registry;
    private OciImages images;

    @BeforeEach
    void start() throws IOException {
        registry = new FaultyRegistry();
        registry.image("a", "1", List.of(layer), List.of(Digest.sha256(tar)));
        images = images();
    }

    @AfterEach
    void stop() {
        images.close();
        registry.close();
    }

    /** What was given early, and who reads it to its end on a thread of its own. */
    private final class Reader {

        private final List<Rootfs> given = new ArrayList<>();
        private final CountDownLatch half = new CountDownLatch(1);
        private final List<Integer> counts = new ArrayList<>();
        private final FutureTask<byte[]> read = new FutureTask<>(this::read);

        void begin(Rootfs early) {
            given.add(early);
            new Thread(read, "reader").start();
        }

        private byte[] read() throws IOException {
            byte[] all = new byte[layer.length];
            int count = 0;
            try (InputStream in = given.get(0).open()) {
                for (int n = in.read(all); n >= 0; n = in.read(all, count, Math.max(1, all.length - count))) {
                    count += n;
                    if (count >= HALF) {
                        half.countDown();
                    }
                }
            } finally {
                counts.add(count);
            }
            return Arrays.copyOf(all, count);
        }

        void assertFails() {
            assertThat(given).hasSize(1);
            assertThatThrownBy(read::get)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("the blob %s has not come as it was to come", digest);
            assertThat(counts).singleElement().satisfies(count -> assertThat(count)
                    .isLessThan(layer.length));
        }
    }

    private final Reader reader = new Reader();

    @Test
    void isReadWhileItComes() throws Exception {
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            exchange.getResponseBody().write(layer, 0, HALF);
            exchange.getResponseBody().flush();
            await(reader.half);
            exchange.getResponseBody().write(layer, HALF, layer.length - HALF);
        });

        Rootfs rootfs = resolve("a").rootfs(reader::begin);

        assertThat(reader.given).hasSize(1).first().isSameAs(rootfs);
        assertThat(reader.read.get()).isEqualTo(layer);
        assertThat(rootfs.size()).hasValue(layer.length);
        assertThat(rootfs.digest()).contains(digest);
        assertWhole(rootfs);
    }

    @Test
    void isReadFromWhatAnEarlierProcessLeft() throws Exception {
        Files.createDirectories(cache.resolve("partial"));
        Files.write(cache.resolve("partial/sha256-" + digest.hex()), Arrays.copyOf(layer, HALF));
        registry.blob("a", layer, exchange -> {
            await(reader.half);
            FaultyRegistry.whole(layer).send(exchange);
        });

        Rootfs rootfs = resolve("a").rootfs(reader::begin);

        assertThat(rootfs).isSameAs(reader.given.get(0));
        assertThat(reader.read.get()).isEqualTo(layer);
    }

    @Test
    void isReadOverConnectionsThatBreak() throws Exception {
        Random random = new Random(3);
        registry.blob("a", layer, exchange -> FaultyRegistry.brokenAfter(layer, 20_000 + random.nextInt(90_000))
                .send(exchange));

        Rootfs rootfs = resolve("a").rootfs(reader::begin);

        assertThat(rootfs).isSameAs(reader.given.get(0));
        assertThat(reader.read.get()).isEqualTo(layer);
    }

    @Test
    void isReadAfterwardsByWhoIsSlow() throws Exception {
        List<Rootfs> given = new ArrayList<>();
        List<InputStream> opened = new ArrayList<>();

        Rootfs rootfs = resolve("a").rootfs(early -> {
            given.add(early);
            opened.add(opened(early));
        });

        assertThat(given).containsExactly(rootfs);
        Files.delete(cache.resolve("blobs/sha256/" + digest.hex()));
        try (InputStream in = opened.get(0)) {
            assertThat(in.readAllBytes()).isEqualTo(layer);
        }
        assertWhole(rootfs);
    }

    @Test
    void isNotGivenEarlyWhereItIsInTheCache() throws Exception {
        resolve("a").rootfs().close();

        Rootfs rootfs = resolve("a").rootfs(reader::begin);

        assertThat(reader.given).isEmpty();
        assertWhole(rootfs);
    }

    @Test
    void failsWithTheDownload() {
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, HALF), status404()));

        assertThatThrownBy(() -> resolve("a").rootfs(reader::begin))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: %1$s has lost the blob %2$s of it: HTTP 404. Push the image again.",
                        registry.host(), digest);
        reader.assertFails();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, HALF, -1})
    void failsWhereAByteIsWrong(int at) {
        byte[] wrong = layer.clone();
        int index = at < 0 ? layer.length - 1 : at + 10;
        wrong[index] ^= 1;
        registry.blob("a", layer, FaultyRegistry.whole(wrong));

        assertThatThrownBy(() -> resolve("a").rootfs(reader::begin))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: %1$s sent bytes with the digest %2$s for the blob %3$s."
                                + " The registry, or something before it, is broken or lying.",
                        registry.host(), Digest.sha256(wrong), digest);
        reader.assertFails();
    }

    @Test
    void failsWhereTheDiffIdIsAnother() {
        registry.image("a", "1", List.of(layer), List.of(Digest.sha256(new byte[1])));

        assertThatThrownBy(() -> resolve("a").rootfs(reader::begin))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("does not have the diff_id");
        reader.assertFails();
    }

    @Test
    void failsWhereTheDownloadBeginsAnew() throws Exception {
        Files.createDirectories(cache.resolve("partial"));
        Files.write(cache.resolve("partial/sha256-" + digest.hex()), new byte[HALF]);

        Rootfs rootfs = resolve("a").rootfs(reader::begin);

        reader.assertFails();
        assertThat(rootfs).isNotSameAs(reader.given.get(0));
        assertWhole(rootfs);
    }

    @Test
    void failsWhereAMirrorLies() throws Exception {
        byte[] wrong = layer.clone();
        wrong[HALF] ^= 1;
        try (FaultyRegistry mirror = new FaultyRegistry()) {
            mirror.image("a", "1", List.of(layer), List.of());
            mirror.blob("a", layer, FaultyRegistry.whole(wrong));
            try (OciImages mirrored = OciImages.builder()
                    .settings(settings()
                            .insecureHost(mirror.host())
                            .mirror(registry.host(), mirror.host())
                            .build())
                    .build()) {
                Rootfs rootfs = mirrored.resolve(reference("a")).rootfs(reader::begin);

                reader.assertFails();
                assertWhole(rootfs);
            }
        }
    }

    @Test
    void failsWhereThereAreWhiteouts() throws Exception {
        byte[] marked = new TestTar().file(".wh.gone", "").file("a", noise()).bytes();
        byte[] blob = TestTar.gzip(marked);
        registry.image("marked", "1", List.of(blob), List.of(Digest.sha256(marked)));
        List<InputStream> opened = new ArrayList<>();

        try (Rootfs rootfs = resolve("marked").rootfs(early -> opened.add(opened(early)))) {
            assertThat(rootfs.digest()).isEmpty();
            assertThatThrownBy(() -> opened.get(0).readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessage("the blob %s has not come as it was to come", Digest.sha256(blob));
        }
        opened.get(0).close();
    }

    /** Incus is given it decompressed. */
    @Test
    void isNotGivenEarlyWhereIncusWouldNotKnowIt() {
        byte[] frameOfNothing = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
        registry.image("skippable", "1", List.of(frameOfNothing), List.of());

        Rootfs rootfs = resolve("skippable").rootfs(reader::begin);

        assertThat(reader.given).isEmpty();
        assertThat(rootfs.digest()).isEmpty();
    }

    @Test
    void failsWhereWhoFetchesItIsInterrupted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            OutputStream body = exchange.getResponseBody();
            for (int at = 0; at < HALF; at += 100) {
                body.write(layer, at, 100);
                body.flush();
            }
            await(never);
        });
        try (OciImages impatient = registry.images(cache)) {
            FutureTask<Rootfs> fetch =
                    new FutureTask<>(() -> impatient.resolve(reference("a")).rootfs(reader::begin));
            Thread thread = new Thread(fetch, "fetch");
            thread.start();
            reader.half.await();

            thread.interrupt();

            assertThatThrownBy(fetch::get)
                    .cause()
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageContaining("interrupted while");
            reader.assertFails();
        } finally {
            never.countDown();
        }
    }

    private static InputStream opened(Rootfs rootfs) {
        try {
            return rootfs.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertWhole(Rootfs rootfs) throws IOException {
        try (rootfs;
                InputStream in = rootfs.open()) {
            assertThat(in.readAllBytes()).isEqualTo(layer);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("Nobody reads what has come so far");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static Answer status404() {
        return FaultyRegistry.status(404);
    }

    private RegistrySettings.Builder settings() {
        return RegistrySettings.builder().insecureHost(registry.host()).cacheFolder(cache);
    }

    private OciImages images() {
        return OciImages.builder().settings(settings().build()).build();
    }

    private SourceImage resolve(String repository) {
        return images.resolve(reference(repository));
    }

    private ImageReference reference(String repository) {
        return ImageReference.parse(registry.host() + "/" + repository + ":1");
    }

    private static byte[] tar() {
        return new TestTar().file("a", noise()).bytes();
    }

    private static byte[] noise() {
        byte[] noise = new byte[2 * HALF];
        new Random(5).nextBytes(noise);
        return noise;
    }
}
