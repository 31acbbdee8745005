package io.github.incusstemcell.incus;

import java.util.Optional;
import java.util.function.Supplier;

/** Asking for what may not be there. */
final class IfExists {

    private IfExists() {}

    /** {@return what the request finds; empty where the daemon answers that there is no such thing} */
    static <T> Optional<T> find(Supplier<T> request) {
        try {
            return Optional.of(request.get());
        } catch (IncusException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Runs a request that removes something, and is as good as done where that is not there any more. An interrupt that came before does
     * not stop it, or what an interrupted thread cleans up would stay: the thread is interrupted again afterwards.
     */
    static void remove(Runnable request) {
        boolean interrupted = Thread.interrupted();
        try {
            request.run();
        } catch (IncusException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
