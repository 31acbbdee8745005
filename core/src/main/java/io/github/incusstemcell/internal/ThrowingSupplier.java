package io.github.incusstemcell.internal;

/**
 * Gives something, or fails.
 *
 * @param <T> what it gives
 * @param <X> how it fails
 */
@FunctionalInterface
public interface ThrowingSupplier<T, X extends Exception> {

    T get() throws X;
}
