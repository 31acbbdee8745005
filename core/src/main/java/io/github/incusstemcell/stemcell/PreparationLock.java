package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one thread at a time, of all threads of all this user's processes, prepare an image.
 *
 * <p>A lock on a file excludes other processes only, and the kernel releases it when the process dies; another lock is for the
 * threads of this one.
 */
final class PreparationLock {

    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path file;

    PreparationLock(Path folder, ImageIdentity identity) {
        this.file = folder.resolve(identity.alias() + ".lock");
    }

    <T> T whileHeld(Supplier<T> work) {
        ReentrantLock threads = THREADS.computeIfAbsent(file, path -> new ReentrantLock());
        threads.lock();
        try (FileChannel channel = open()) {
            channel.lock();
            return work.get();
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Locking " + file + ", which keeps two processes from preparing the same image, failed: " + e
                            + ". The folder has to be writable, on a file system with locks",
                    e);
        } finally {
            threads.unlock();
        }
    }

    private FileChannel open() throws IOException {
        Files.createDirectories(file.getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
