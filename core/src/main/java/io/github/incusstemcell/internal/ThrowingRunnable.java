package io.github.incusstemcell.internal;

/**
 * Does something, or fails.
 *
 * @param <X> how it fails
 */
@FunctionalInterface
public interface ThrowingRunnable<X extends Exception> {

    void run() throws X;
}
