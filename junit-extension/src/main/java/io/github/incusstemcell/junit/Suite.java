package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * What all tests of one JUnit run share: the connection with the images that were prepared over it, and the threads on which
 * containers come and go.
 *
 * <p>Nothing happens before the first test asks for a container. JUnit closes this at the end of the run, after the last test.
 */
final class Suite implements CloseableResource, AutoCloseable {

    private final Configuration configuration;
    private final FutureTask<Stemcells> connection;

    /** As many starts at once as there are cores: more would only make each of them slower. */
    private final ExecutorService starts = threads("start");

    private final ExecutorService disposals = threads("disposal");
    private final Queue<Future<?>> disposed = new ConcurrentLinkedQueue<>();

    private Suite(Configuration configuration) {
        this.configuration = configuration;
        this.connection = new FutureTask<>(() -> SuiteConnection.open(configuration));
    }

    static Suite of(ExtensionContext context) {
        return Stores.computeIfAbsent(
                context.getRoot(), "suite", Suite.class, key -> new Suite(Configuration.of(context)));
    }

    Configuration configuration() {
        return configuration;
    }

    /**
     * Connects, at the first call; a failure stays one.
     *
     * @throws IncusStemcellException if there is no Incus to be used
     */
    Stemcells stemcells() {
        connection.run();
        return await(connection, "the connection to Incus");
    }

    /** Starts a container, as soon as a thread is free for it. */
    Future<StemcellContainer> launch(ContainerSpec spec) {
        Stemcells stemcells = stemcells();
        return starts.submit(() -> stemcells.launch(spec));
    }

    /** Has something done before the run ends, off the tests' threads. */
    void dispose(Callable<Void> disposal) {
        disposed.add(disposals.submit(disposal));
    }

    /**
     * Waits for something that is done elsewhere. {@link Future#get()} does not make JUnit's fork-join pool start more tests
     * meanwhile, as {@code CompletableFuture.join()} would.
     */
    static <T> T await(Future<T> future, String what) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IncusStemcellException("Waiting for " + what + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException("Interrupted while waiting for " + what, e);
        }
    }

    @Override
    public void close() {
        starts.shutdown();
        disposals.shutdown();
        IncusStemcellException failure = null;
        for (Future<?> disposal : disposed) {
            try {
                await(disposal, "the removal of a container");
            } catch (RuntimeException e) {
                failure = failure == null ? new IncusStemcellException("Not everything could be removed", e) : failure;
                failure.addSuppressed(e);
            }
        }
        closeConnection();
        if (failure != null) {
            throw failure;
        }
    }

    private void closeConnection() {
        if (connection.isDone()) {
            try {
                connection.get().close();
            } catch (ExecutionException e) {
                // It was never opened, and the tests that wanted it have said so.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ExecutorService threads(String work) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "incus-stemcell-" + work + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        return Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), factory);
    }
}
