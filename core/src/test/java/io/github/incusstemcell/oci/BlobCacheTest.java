package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCacheTest {

    private static final byte[] BLOB = "a blob".repeat(1000).getBytes();
    private static final Digest DIGEST = Digest.sha256(BLOB);

    @TempDir
    Path folder;

    @Test
    void fetchesABlobOnceForAllThreads() throws Exception {
        AtomicInteger fetches = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            // Each with a cache of its own, as several extensions in one JVM would have.
            threads.add(CompletableFuture.runAsync(() -> cache(1 << 20).ensure(DIGEST, BLOB.length, file -> {
                fetches.incrementAndGet();
                Files.write(file, BLOB);
            })));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(1, TimeUnit.MINUTES);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void keepsWhatItHasFromOtherUsers() throws IOException {
        Path made = folder.resolve("made");
        BlobCache cache = new BlobCache(made, 1 << 20);
        cache.ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        cache.remember("fact", "known");

        try (Stream<Path> all = Files.walk(made)) {
            assertThat(all).isNotEmpty().allSatisfy(path -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void keepsByAKeyWhatIsNoBlobOfAnImage() throws IOException {
        BlobCache cache = cache(BLOB.length + 10);
        assertThat(cache.kept("key")).isEmpty();

        cache.keep("key", "other".getBytes());
        cache.keep("key", BLOB);
        assertThat(cache(1 << 20).kept("key")).hasValue(BLOB);

        Files.writeString(folder.resolve("cache/blobs/sha256/" + DIGEST.hex()), "damaged");
        assertThat(cache.kept("key")).isEmpty();
        cache.keep("key", BLOB);
        // It goes for what is used later, as blobs do.
        cache.keep("later", "other bytes".getBytes());
        assertThat(cache.kept("key")).isEmpty();
        assertThat(cache.kept("later")).hasValue("other bytes".getBytes());
    }

    @Test
    void fetchesABlobOnceForAllProcesses() throws Exception {
        Path log = folder.resolve("log");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherProcess.class.getName(),
                            folder.resolve("cache").toString(),
                            log.toString())
                    .redirectErrorStream(true)
                    .start());
        }
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(output).isZero();
        }
        assertThat(Files.readAllLines(log)).containsExactly("fetched");
    }

    /** Uses the cache from a JVM of its own. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            new BlobCache(Path.of(args[0]), 1 << 20).ensure(DIGEST, BLOB.length, file -> {
                Files.writeString(Path.of(args[1]), "fetched\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                Files.write(file, BLOB);
            });
        }
    }

    @Test
    void removesWhatWasNotUsedForLongestUntilTheRestFits() throws IOException {
        BlobCache cache = cache(3 * BLOB.length);
        List<Digest> digests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            byte[] blob = BLOB.clone();
            blob[0] = (byte) i;
            Digest digest = Digest.sha256(blob);
            digests.add(digest);
            cache.ensure(digest, blob.length, file -> Files.write(file, blob));
            age(digest, Duration.ofHours(5 - i));
        }
        cache.ensure(digests.get(0), BLOB.length, BlobCacheTest::mustNotFetch);

        cache.evict(Set.of(digests.get(1)));

        // The first was just used, the second is in use, the last is the newest of the others.
        assertThat(blobs()).containsExactlyInAnyOrder(file(digests.get(0)), file(digests.get(1)), file(digests.get(4)));
    }

    @Test
    void keepsWhatIsOpenReadableAndFetchesAgainWhatIsGone() throws IOException {
        BlobCache cache = cache(0);
        AtomicInteger fetches = new AtomicInteger();
        BlobCache.Fetch fetch = file -> {
            fetches.incrementAndGet();
            Files.write(file, BLOB);
        };
        try (InputStream open = cache.open(DIGEST, BLOB.length, fetch)) {
            cache.evict(Set.of());
            assertThat(blobs()).isEmpty();
            assertThat(open.readAllBytes()).isEqualTo(BLOB);
        }
        try (InputStream again = cache.open(DIGEST, BLOB.length, fetch)) {
            assertThat(again.readAllBytes()).isEqualTo(BLOB);
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void fetchesAgainWhatIsDamagedOrCutOff() throws IOException {
        for (byte[] damaged : List.of("A blob".repeat(1000).getBytes(), new byte[3])) {
            cache(1 << 20).ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
            Files.write(file(DIGEST), damaged);
            cache(1 << 20).ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
            assertThat(file(DIGEST)).hasBinaryContent(BLOB);
        }
    }

    @Test
    void noticesAFileThatWasReplacedWhileItRan() throws IOException {
        BlobCache cache = cache(1 << 20);
        cache.ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        Path other = Files.write(folder.resolve("other"), new byte[BLOB.length]);
        Files.move(other, file(DIGEST), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        cache.ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        assertThat(file(DIGEST)).hasBinaryContent(BLOB);
    }

    @Test
    void noticesAFileThatWasDamagedWhileItRan() throws IOException {
        BlobCache cache = cache(1 << 20);
        cache.ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        byte[] damaged = BLOB.clone();
        damaged[5] ^= 1;
        Files.write(file(DIGEST), damaged);
        cache.ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        assertThat(file(DIGEST)).hasBinaryContent(BLOB);
    }

    @Test
    void keepsNothingOfAFetchThatFailed() throws IOException {
        assertThatThrownBy(() -> cache(1 << 20).ensure(DIGEST, BLOB.length, file -> {
                    Files.write(file, new byte[10]);
                    throw new CorruptImageException("wrong");
                }))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage("wrong");
        assertThat(blobs()).isEmpty();
        cache(1 << 20).ensure(DIGEST, BLOB.length, file -> Files.write(file, BLOB));
        assertThat(file(DIGEST)).hasBinaryContent(BLOB);
    }

    @Test
    void saysThatItCannotWrite() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file where the folder should be");
        assertThatThrownBy(() -> cache(1).ensure(DIGEST, BLOB.length, BlobCacheTest::mustNotFetch))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith(
                        "Cannot keep the blob " + DIGEST + " in the cache " + folder.resolve("cache") + ": ")
                .hasMessageEndingWith(
                        ". Check the folder's permissions and the free space, or set incus.stemcell.cache.folder.");
    }

    private BlobCache cache(long maxSize) {
        return new BlobCache(folder.resolve("cache"), maxSize);
    }

    private static void mustNotFetch(Path file) {
        throw new AssertionError("fetched " + file);
    }

    private Path file(Digest digest) {
        return folder.resolve("cache/blobs/sha256").resolve(digest.hex());
    }

    private void age(Digest digest, Duration age) throws IOException {
        Files.setLastModifiedTime(file(digest), FileTime.from(Instant.now().minus(age)));
    }

    private List<Path> blobs() throws IOException {
        if (Files.notExists(folder.resolve("cache/blobs/sha256"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.resolve("cache/blobs/sha256"))) {
            return files.toList();
        }
    }
}
