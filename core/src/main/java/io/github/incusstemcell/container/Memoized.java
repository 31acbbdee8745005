package io.github.incusstemcell.container;

import io.github.incusstemcell.internal.Waiting;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made at most once, by the first who asks, while the others wait. A failure is kept as well, but not that of a thread
 * that was interrupted: then the next makes it, one of those who wait, if there is any.
 *
 * <p>A {@link FutureTask}, since waiting for one does not make a fork-join pool start more threads, as waiting for a
 * {@code CompletableFuture} does: JUnit would run more tests at once than it was told to.
 *
 * @param <T> what is made
 */
final class Memoized<T> {

    private final Supplier<T> maker;
    private final AtomicReference<Attempt<T>> last = new AtomicReference<>();

    Memoized(Supplier<T> maker) {
        this.maker = maker;
    }

    T get() {
        while (true) {
            Attempt<T> mine = new Attempt<>(maker);
            Attempt<T> first = last.compareAndExchange(null, mine);
            Attempt<T> attempt = first == null ? mine : first;
            if (attempt == mine) {
                mine.run();
            }
            try {
                return attempt.get();
            } catch (ExecutionException e) {
                if (attempt.wasInterrupted) {
                    last.compareAndSet(attempt, null);
                }
                if (!attempt.wasInterrupted || attempt == mine) {
                    throw rethrown(e.getCause());
                }
            } catch (InterruptedException e) {
                throw Waiting.interrupted("another thread did what this one needs as well", e);
            }
        }
    }

    /** {@return whether it was tried, and could not be made} */
    boolean hasFailed() {
        Attempt<T> attempt = last.get();
        return attempt != null && attempt.failed;
    }

    /** Whether this thread failed since it was interrupted. What was thrown does not always say so, nor is the thread always still marked. */
    static boolean byInterrupt(Throwable failure) {
        return Thread.currentThread().isInterrupted()
                || Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                        .anyMatch(InterruptedException.class::isInstance);
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    private static final class Attempt<T> extends FutureTask<T> {

        private volatile boolean failed;
        private volatile boolean wasInterrupted;

        Attempt(Supplier<T> maker) {
            super(maker::get);
        }

        @Override
        protected void setException(Throwable failure) {
            failed = true;
            wasInterrupted = byInterrupt(failure);
            super.setException(failure);
        }
    }
}
