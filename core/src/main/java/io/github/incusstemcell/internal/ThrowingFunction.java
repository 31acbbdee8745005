package io.github.incusstemcell.internal;

/**
 * Makes something of something else, or fails.
 *
 * @param <T> what it takes
 * @param <R> what it makes
 * @param <X> how it fails
 */
@FunctionalInterface
public interface ThrowingFunction<T, R, X extends Exception> {

    R apply(T value) throws X;
}
