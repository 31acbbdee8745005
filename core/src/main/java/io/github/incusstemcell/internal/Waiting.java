package io.github.incusstemcell.internal;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a {@link CompletableFuture} by a latch. Its own {@code get()} and {@code join()} let a fork-join pool whose thread waits
 * start another one meanwhile ({@code ForkJoinPool.managedBlock}): JUnit would run more tests at once than it was told to.
 */
public final class Waiting {

    private Waiting() {}

    /**
     * Waits until a future has ended.
     *
     * @param future what to wait for
     * @param <T> what comes of it
     * @return what came of it
     * @throws ExecutionException if it failed
     * @throws InterruptedException if the thread was interrupted before
     */
    public static <T> T on(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        latch(future).await();
        return future.get();
    }

    /**
     * Waits until a future has ended, but not for ever.
     *
     * @param future what to wait for
     * @param limit how long to wait
     * @param <T> what comes of it
     * @return what came of it
     * @throws ExecutionException if it failed
     * @throws InterruptedException if the thread was interrupted before
     * @throws TimeoutException if it has not ended within that time
     */
    public static <T> T on(CompletableFuture<T> future, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!latch(future).await(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        return future.get();
    }

    /**
     * Marks the thread as interrupted again, and says what it was at.
     *
     * @param doing what it was at: {@code "waiting for an agent"}
     * @return what to throw
     */
    public static IncusStemcellException interrupted(String doing, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IncusStemcellException("Interrupted while " + doing, cause);
    }

    private static CountDownLatch latch(CompletableFuture<?> future) {
        CountDownLatch ended = new CountDownLatch(1);
        future.whenComplete((value, failure) -> ended.countDown());
        return ended;
    }
}
