package io.github.incusstemcell.internal;

/**
 * Does something with something, or fails.
 *
 * @param <T> what it takes
 * @param <X> how it fails
 */
@FunctionalInterface
public interface ThrowingConsumer<T, X extends Exception> {

    void accept(T value) throws X;
}
