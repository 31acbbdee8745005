package io.github.incusstemcell.internal;

import io.github.incusstemcell.IncusStemcellException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What one thread at a time may do that takes the network: those who wait for their turn hear an interrupt, as under a monitor they would not. */
public final class InterruptibleLock {

    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Does work when nobody else is at it.
     *
     * @param waiting what the thread waits for, for the message of an interrupt: {@code "a token for ghcr.io"}
     * @throws IncusStemcellException if the thread is interrupted before
     */
    public <T> T with(String waiting, Supplier<T> work) {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for " + waiting, e);
        }
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
