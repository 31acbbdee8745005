package io.github.incusstemcell.incus;

import java.util.Optional;
import java.util.function.Supplier;

/** Asking for what may not be there. */
final class Lookup {

    private Lookup() {}

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

    /** Runs a request that is as good as done where the thing is not there any more. */
    static void tolerateMissing(Runnable request) {
        try {
            request.run();
        } catch (IncusException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }
}
