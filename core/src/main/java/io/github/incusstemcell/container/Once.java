package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Something that is made at most once, by the first who asks, while the others wait. A failure is kept as well.
 *
 * <p>A {@link FutureTask}, since waiting for one does not make a fork-join pool start more threads, as waiting for a
 * {@code CompletableFuture} does: JUnit would run more tests at once than it was told to.
 *
 * @param <T> what is made
 */
final class Once<T> {

    private final FutureTask<T> task;

    Once(Supplier<T> maker) {
        this.task = new FutureTask<>(maker::get);
    }

    T get() {
        task.run();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException("Interrupted while another thread prepared the stemcell", e);
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }
}
