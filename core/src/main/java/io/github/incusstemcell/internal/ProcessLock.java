package io.github.incusstemcell.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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
     * @return the lock, for the same thread to close
     * @throws IOException where the file cannot be made or locked
     */
    public static ProcessLock acquire(Path file) throws IOException {
        PrivateFiles.createFile(file);
        Path key = file.toRealPath();
        ReentrantLock thread = THREADS.computeIfAbsent(key, f -> new ReentrantLock());
        thread.lock();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            FileLock lock = channel.lock();
            if (!lock.isValid()) {
                throw new IOException(file + " could not be locked");
            }
            return new ProcessLock(thread, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            thread.unlock();
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
