package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.PrivateFiles;
import io.github.incusstemcell.internal.ProcessLock;
import io.github.incusstemcell.internal.ThrowingFunction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs on this machine's disk, by digest, shared by all processes of the user.
 *
 * <p>Below the folder there are {@code blobs/<algorithm>/<hex>}, complete and verified, for a file only gets its name
 * there by an atomic rename; {@code partial}, downloads that go on from where they broke, even in another process; and
 * {@code locks}. A blob's modification time is its last use. A process may remove any blob at any time: whoever has it
 * open keeps it, and whoever comes later fetches it again.
 */
final class BlobCache {

    /** Fills an empty or partial file with a blob, verified. */
    @FunctionalInterface
    interface Fetch {
        void into(Path file) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(BlobCache.class);
    /** How often a blob is made again that others remove between its being made and its being opened. */
    private static final int ATTEMPTS_TO_OPEN = 5;

    /** A download that nobody went on with for so long. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path folder;
    private final long maxSize;
    /** What this process has hashed, and what the file was then, so that it hashes it again only where it has changed. */
    private final Map<Digest, Object> verified = new ConcurrentHashMap<>();

    BlobCache(Path folder, long maxSize) {
        this.folder = folder;
        this.maxSize = maxSize;
    }

    /** Makes sure that a blob is there, fetching it where it is missing or damaged. */
    void ensure(Digest digest, long size, Fetch fetch) {
        Path file = file(digest);
        try {
            if (isSound(file, digest, size)) {
                return;
            }
            PrivateFiles.createFolderOf(file);
            ProcessLock lock = ProcessLock.acquire(lock(digest.hex()), "fetches the same blob");
            try {
                if (!isSound(file, digest, size)) {
                    heal(file);
                    make(file, digest, fetch);
                }
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Cannot keep the blob " + digest + " in the cache " + folder + ": " + reason(e)
                            + ". Check the folder's permissions and the free space, or set incus.stemcell.cache.folder.",
                    e);
        }
    }

    /**
     * Adds bytes that nobody knows the digest of before they are there.
     *
     * @param acquisition fills an empty or partial file and says what it is then
     */
    Tarball.Content admit(String name, ThrowingFunction<Path, Tarball.Content, IOException> acquisition)
            throws IOException {
        Path partial = folder.resolve("partial").resolve(name);
        ProcessLock lock = ProcessLock.acquire(lock(name), "fetches the same image");
        try {
            PrivateFiles.createFile(partial);
            Tarball.Content content = acquisition.apply(partial);
            ensure(
                    content.digest(),
                    content.size(),
                    file -> Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING));
            Files.deleteIfExists(partial);
            evict(Set.of(content.digest()));
            return content;
        } finally {
            lock.close();
        }
    }

    /** {@return whether a blob is there and sound} */
    boolean has(Digest digest, long size) throws IOException {
        return isSound(file(digest), digest, size);
    }

    private void make(Path file, Digest digest, Fetch fetch) throws IOException {
        Path partial = folder.resolve("partial").resolve(digest.algorithm() + "-" + digest.hex());
        PrivateFiles.createFile(partial);
        fetch.into(partial);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        verified.put(digest, identity(file));
    }

    /** Opens a blob, making it again where it has gone since. */
    InputStream open(Digest digest, long size, Fetch fetch) throws IOException {
        for (int attempt = 1; ; attempt++) {
            ensure(digest, size, fetch);
            try {
                return Files.newInputStream(file(digest));
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS_TO_OPEN) {
                    throw e;
                }
            }
        }
    }

    /** Keeps a short fact for later processes, for example about a blob. */
    void remember(String key, String fact) {
        Path file = folder.resolve("facts").resolve(key);
        try {
            Path written = Files.createTempFile(PrivateFiles.createFolderOf(file), "new", "");
            Files.writeString(written, fact);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("Cannot write {}: {}", file, e.toString());
        }
    }

    /** {@return what was remembered} */
    Optional<String> recall(String key) {
        try {
            return Optional.of(Files.readString(folder.resolve("facts").resolve(key)));
        } catch (IOException e) {
            return Optional.empty(); // Never known, or no longer: then it has to be found out again.
        }
    }

    /** Adds bytes that are found by a key. */
    void keep(String key, byte[] content) {
        Digest digest = Digest.sha256(content);
        ensure(digest, content.length, file -> Files.write(file, content));
        remember(key, digest + " " + content.length);
        evict(Set.of(digest));
    }

    /** {@return what was kept by that key, if it is there and sound} */
    Optional<byte[]> kept(String key) {
        Optional<String> fact = recall(key);
        if (fact.isEmpty()) {
            return Optional.empty();
        }
        String[] digestAndSize = fact.get().split(" ");
        Digest digest = Digest.parse(digestAndSize[0]);
        try {
            return has(digest, Long.parseLong(digestAndSize[1]))
                    ? Optional.of(Files.readAllBytes(file(digest)))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.warn("Cannot read {} from the cache {}: {}", key, folder, e.toString());
            return Optional.empty();
        }
    }

    /** Removes the blobs that were not used for longest until the rest fits, but none of those in {@code keep}. */
    void evict(Set<Digest> keep) {
        Set<Path> kept = keep.stream().map(this::file).collect(Collectors.toSet());
        try {
            List<Aged> blobs = blobsByLastUse();
            long size = blobs.stream().mapToLong(Aged::size).sum();
            for (Aged blob : blobs) {
                if (size > maxSize && !kept.contains(blob.file())) {
                    Files.deleteIfExists(blob.file());
                    size -= blob.size();
                    LOG.info(
                            "Removed {} from the cache, last used {}",
                            blob.file().getFileName(),
                            blob.lastUse());
                }
            }
        } catch (IOException e) {
            LOG.warn("Cannot clean up the cache {}: {}", folder, e.toString());
        }
    }

    private record Aged(Path file, long size, Instant lastUse) {}

    /** The oldest first. What was downloaded in part counts, too, but not what may still be growing. */
    private List<Aged> blobsByLastUse() throws IOException {
        Instant abandoned = Instant.now().minus(ABANDONED);
        List<Aged> blobs = new ArrayList<>();
        blobs.addAll(files(folder.resolve("blobs/sha256")));
        blobs.addAll(files(folder.resolve("blobs/sha512")));
        for (Aged partial : files(folder.resolve("partial"))) {
            if (partial.lastUse().isBefore(abandoned)) {
                blobs.add(partial);
            }
        }
        blobs.sort(Comparator.comparing(Aged::lastUse).thenComparing(Aged::file));
        return blobs;
    }

    private static List<Aged> files(Path folder) throws IOException {
        List<Aged> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path file : entries) {
                    aged(file).ifPresent(files::add);
                }
            }
        }
        return files;
    }

    private static Optional<Aged> aged(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Aged(
                    file, attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // Another process was quicker.
        }
    }

    /**
     * A file for each, never removed: fetching one blob may take another one out of the cache, a stemcell's image the
     * stemcell, so that they must not share a lock.
     */
    private Path lock(String name) {
        return folder.resolve("locks").resolve(name);
    }

    private Path file(Digest digest) {
        return folder.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    private boolean isSound(Path file, Digest digest, long size) throws IOException {
        try {
            if (Files.size(file) != size || !identity(file).equals(verified.get(digest)) && !hasDigest(file, digest)) {
                return false;
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            verified.put(digest, identity(file));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void heal(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            LOG.warn("{} was damaged; fetching it again", file);
        }
    }

    private static Object identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
    }

    private static boolean hasDigest(Path file, Digest digest) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Digest.of(digest.algorithm(), in).equals(digest);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null || e.getMessage().startsWith("/") ? e.toString() : e.getMessage();
    }
}
