package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Waiting;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * What a run is creating in Incus at this moment. Once it {@linkplain #end ends}, nothing is created any more, so that a list of what there is
 * is complete.
 */
final class Creations {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean ended;

    /**
     * Creates something, while others may, too.
     *
     * @throws IncusStemcellException if nothing is created any more
     */
    <T> T create(Supplier<T> creation) {
        lock.readLock().lock();
        try {
            if (ended) {
                throw new IncusStemcellException(
                        "Nothing is created in Incus any more, as this run is ending and has removed what it had created");
            }
            return creation.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Refuses all that comes, and waits for what is under way, but not for longer than that. */
    void end(Duration patience) {
        ended = true;
        try {
            if (lock.writeLock().tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                lock.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for what is being created in Incus", e);
        }
    }
}
