package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.FaultyRegistry;
import io.github.incusstemcell.oci.FaultyRegistry.Answer;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upload that begins before what it uploads is there ends in the right image or none, whatever the registry and the daemon do. */
@Timeout(120)
class EarlyUploadTest {

    private static final String UPLOAD = "POST /1.0/images?";

    private final TestProject project = new TestProject();
    /** More than there is room for on the way to a daemon that reads nothing. */
    private final byte[] tar = new TestTar().file("etc/noise", noise(8 << 20)).bytes();

    private final byte[] layer = TestTar.gzip(tar);
    private final int half = layer.length / 2;
    private final CountDownLatch uploading = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private FaultyRegistry registry;
    private OciImages sources;
    private Incus incus;
    private InFrontOfIncus front;

    @BeforeEach
    void start() throws IOException {
        registry = new FaultyRegistry();
        registry.image("a", "1", List.of(layer), List.of(Digest.sha256(tar)));
        sources = registry.images(folder.resolve("cache"));
        putInFront(request -> {});
    }

    @AfterEach
    void stop() throws IOException {
        incus.close();
        front.close();
        sources.close();
        registry.close();
        project.close();
    }

    private void putInFront(Consumer<String> seen) throws IOException {
        if (front != null) {
            incus.close();
            front.close();
        }
        front = new InFrontOfIncus(Files.createTempDirectory(folder, "front"), request -> {
            if (request.startsWith(UPLOAD)) {
                uploading.countDown();
                seen.accept(request);
            }
        });
        incus = Incus.connect(front.endpoint());
    }

    @Test
    void beginsWhileTheRegistryStillSends() {
        registry.blob("a", layer, sendingTheRest(layer));

        String early = prepare();

        project.incus().images().delete(early);
        assertThat(prepare()).as("uploaded from the cache").isEqualTo(early);
    }

    @Test
    void doesNotHoldUpTheDownloadWhereTheDaemonIsSlow() throws IOException {
        CountDownLatch sent = new CountDownLatch(1);
        registry.blob("a", layer, exchange -> {
            FaultyRegistry.whole(layer).send(exchange);
            sent.countDown();
        });
        putInFront(upload -> awaitUnchecked(sent));

        String fingerprint = prepare();

        assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(fingerprint);
    }

    @Test
    void leavesNoImageOfALayerThatTurnsOutToBeWrong() {
        byte[] wrong = layer.clone();
        wrong[layer.length - 1] ^= 1;
        registry.blob("a", layer, sendingTheRest(wrong));

        assertThatThrownBy(this::prepare)
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: %1$s sent bytes with the digest %2$s for the blob %3$s."
                                + " The registry, or something before it, is broken or lying.",
                        registry.host(), Digest.sha256(wrong), Digest.sha256(layer));
        assertThat(project.images()).isEmpty();
    }

    @Test
    void leavesNoImageOfALayerThatDoesNotComeToItsEnd() {
        registry.blob("a", layer, exchange -> {
            boolean begins = FaultyRegistry.start(exchange) == 0;
            FaultyRegistry.brokenAfter(layer, begins ? half : 0).send(exchange);
            await(uploading);
        });

        assertThatThrownBy(this::prepare)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("from %s broke off after %d of %d bytes", registry.host(), half, layer.length);
        assertThat(project.images()).isEmpty();
    }

    @Test
    void beginsAnewWithWhatHadToBeFetchedAnew() throws IOException {
        Path partial =
                folder.resolve("cache/partial/sha256-" + Digest.sha256(layer).hex());
        Files.createDirectories(partial.getParent());
        Files.write(partial, new byte[half]);

        String fingerprint = prepare();

        assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(fingerprint);
        project.incus().images().delete(fingerprint);
        assertThat(prepare()).as("uploaded from the cache").isEqualTo(fingerprint);
    }

    @Test
    void saysThatTheDaemonWasLostAndKeepsTheBlob() throws IOException {
        putInFront(upload -> {
            throw new InFrontOfIncus.Lost();
        });

        assertThatThrownBy(this::prepare)
                .isInstanceOf(IncusConnectionException.class)
                .hasMessageStartingWith("POST /1.0/images");
        assertThat(folder.resolve("cache/blobs/sha256/" + Digest.sha256(layer).hex()))
                .hasBinaryContent(layer);
    }

    @Test
    void endsWhereItsThreadIsInterruptedDuringTheDownload() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            exchange.getResponseBody().write(layer, 0, half);
            exchange.getResponseBody().flush();
            await(never);
        });
        FutureTask<String> preparation = begin(Progress.none());
        await(uploading);

        interrupt();

        assertThatThrownBy(preparation::get)
                .cause()
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining("interrupted while");
        assertThat(project.images()).isEmpty();
        never.countDown();
    }

    @Test
    void endsWhereItsThreadIsInterruptedDuringTheUpload() throws Exception {
        byte[] small = new TestTar().file("etc/noise", noise(20_000)).bytes();
        registry.image("a", "1", List.of(TestTar.gzip(small)), List.of(Digest.sha256(small)));
        CountDownLatch never = new CountDownLatch(1);
        putInFront(upload -> {
            awaitUnchecked(never);
            // Else the daemon gets it then, and makes an image as the project is deleted.
            throw new InFrontOfIncus.Lost();
        });
        CountDownLatch uploaded = new CountDownLatch(1);
        Progress progress = (what, done, total) -> {
            if (what.startsWith("Uploading") && done == total) {
                uploaded.countDown();
            }
        };
        FutureTask<String> preparation = begin(progress);
        await(uploaded);

        interrupt();

        assertThatThrownBy(preparation::get)
                .cause()
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Interrupted while waiting for the upload of an image to Incus");
        assertThat(project.images()).isEmpty();
        never.countDown();
    }

    private Thread preparing;

    private FutureTask<String> begin(Progress progress) {
        FutureTask<String> preparation = new FutureTask<>(() -> prepare(progress));
        preparing = new Thread(preparation, "preparing");
        preparing.start();
        return preparation;
    }

    private void interrupt() {
        preparing.interrupt();
    }

    /** The rest of it once the daemon has got the beginning. */
    private Answer sendingTheRest(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, half);
            exchange.getResponseBody().flush();
            await(uploading);
            exchange.getResponseBody().write(content, half, content.length - half);
        };
    }

    private String prepare() {
        return prepare(Progress.none());
    }

    private String prepare(Progress progress) {
        return new StemcellImages(
                        incus.project(project.name()), sources, ImageServer.PUBLIC, progress, Optional.empty())
                .prepare(ImageReference.parse(registry.host() + "/a:1"), GuestOverlay.standard())
                .fingerprint();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("It does not come to what is waited for");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            await(latch);
        } catch (IOException e) {
            throw new InFrontOfIncus.Lost();
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(9).nextBytes(noise);
        return noise;
    }
}
