package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small words about failures. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** What another thread ran into, thrown in this one: with the stack of both. */
    static RuntimeException rethrow(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException failure) {
            failure.addSuppressed(new WaitedHere());
            return failure;
        }
        return new IllegalStateException(cause);
    }

    static String reason(IOException cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** For what is thrown away anyway: that it cannot be closed in good order changes nothing for anybody. */
    static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOG.debug("Closing {} failed", resource, e);
        }
    }

    /** Carries the stack of the thread that waited. */
    private static final class WaitedHere extends RuntimeException {
        WaitedHere() {
            super("The call that waited for this");
        }
    }
}
