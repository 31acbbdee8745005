package io.github.incusstemcell.internal;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock between all threads of all processes of this machine, named by a file, which stays. The operating system frees
 * it when its process dies, however it dies.
 */
public final class ProcessLock implements AutoCloseable {

    /** File locks belong to the whole JVM, so its threads have to agree among themselves first. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(ProcessLock.class);

    private final ReentrantLock thread;
    private final FileChannel channel;

    private ProcessLock(ReentrantLock thread, FileChannel channel) {
        this.thread = thread;
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @param file the file that names it; it is made when missing, with its folder
     * @param doing what a process does that holds it: {@code "prepares the same image"}
     * @return the lock, for the same thread to close
     * @throws IncusStemcellException if the thread is interrupted meanwhile, as which it stays marked
     * @throws IOException where the file cannot be made or locked
     */
    public static ProcessLock acquire(Path file, String doing) throws IOException {
        PrivateFiles.createFile(file);
        Path key = file.toRealPath();
        ReentrantLock thread = THREADS.computeIfAbsent(key, f -> new ReentrantLock());
        try {
            thread.lockInterruptibly();
            try {
                return new ProcessLock(thread, lockedChannel(file));
            } catch (IOException | RuntimeException e) {
                thread.unlock();
                throw e;
            }
        } catch (InterruptedException | FileLockInterruptionException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException(
                    "Interrupted while waiting for " + file + ", which another process may hold that " + doing, e);
        }
    }

    private static FileChannel lockedChannel(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.lock();
            if (!lock.isValid()) {
                throw new IOException(file + " could not be locked");
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Frees it. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The kernel has freed the lock by then, whatever the file system says about the file.
            LOG.debug("Closing the file of a lock failed", e);
        } finally {
            thread.unlock();
        }
    }
}
