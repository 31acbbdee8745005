package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container in the scope that it lives for. It stands in the scope's store before it is started, so that JUnit closes it
 * whatever happens in between.
 */
final class Machine implements CloseableResource, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    private final Suite suite;
    private final MachineSettings settings;
    private final ExtensionContext scope;
    private Future<StemcellContainer> launch;
    private boolean failed;
    private boolean closed;

    Machine(Suite suite, MachineSettings settings, ExtensionContext scope) {
        this.suite = suite;
        this.settings = settings;
        this.scope = scope;
    }

    /** The container, started at the first call. */
    StemcellContainer container() {
        return Suite.await(launch(), "a container for " + settings.spec().owner());
    }

    private synchronized Future<StemcellContainer> launch() {
        if (closed) {
            throw new IllegalStateException(
                    "The scope of the container for " + settings.spec().owner() + " has ended");
        }
        if (launch == null) {
            launch = suite.launch(settings.spec());
        }
        return launch;
    }

    /** Remembers that a test failed which used the container, though it may live on. */
    synchronized void reportFailure(Throwable failure) {
        failed |= isFailure(failure);
    }

    /** Ends the container, or leaves it if the user wants to look at it. The work is done elsewhere. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        scope.getExecutionException().ifPresent(this::reportFailure);
        if (launch != null) {
            suite.dispose(this::dispose);
        }
    }

    private Void dispose() throws InterruptedException {
        StemcellContainer container;
        try {
            container = launch.get();
        } catch (ExecutionException e) {
            // The start failed and left nothing; who asked for the container was told.
            return null;
        }
        if (isKept()) {
            container.leaveRunning();
            LOG.warn(
                    "Kept {} of {}. Look inside with: {}",
                    container,
                    settings.spec().owner(),
                    container.shellCommand());
        } else {
            container.close();
        }
        return null;
    }

    private boolean isKept() {
        return switch (settings.cleanup()) {
            case ALWAYS -> false;
            case ON_SUCCESS -> failed;
            case NEVER -> true;
        };
    }

    /** A failed assumption ends a test as an exception, too, but is no failure. */
    private static boolean isFailure(Throwable thrown) {
        return !(thrown instanceof TestAbortedException);
    }
}
