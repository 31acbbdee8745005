package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.junit.report.RunReport;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all tests of one JUnit run share: the connection with the images that were prepared over it, and the threads on which
 * containers come and go.
 *
 * <p>Nothing happens before the first test asks for a container. JUnit closes this at the end of the run, after the last test.
 */
final class Suite implements CloseableResource, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Suite.class);

    private final Configuration configuration;
    private final RunReport report;
    private final FutureTask<Stemcells> connection;
    private final AtomicBoolean connecting = new AtomicBoolean();

    /** So many starts at once; more of them only wait. */
    private final ExecutorService starts;

    private final ExecutorService disposals = threads("disposal", cores());
    private final Queue<Future<?>> disposed = new ConcurrentLinkedQueue<>();

    private Suite(Configuration configuration) {
        this.configuration = configuration;
        UnknownKeys.ofThisProcess().forEach(LOG::warn);
        this.report = Reporting.of(configuration);
        this.connection = new FutureTask<>(() -> SuiteConnection.open(configuration));
        this.starts = threads("start", configuration.count(Key.PARALLEL_STARTS).orElseGet(Suite::cores));
    }

    static Suite of(ExtensionContext context) {
        return Stores.computeIfAbsent(
                context.getRoot(), "suite", Suite.class, () -> new Suite(Configuration.of(context)));
    }

    Configuration configuration() {
        return configuration;
    }

    RunReport report() {
        return report;
    }

    /**
     * Connects, at the first call; a failure stays one. On a thread of its own: were the test's thread interrupted while it
     * connects, for all other tests there would be no Incus either.
     *
     * @throws IncusStemcellException if there is no Incus to be used
     */
    Stemcells stemcells() {
        if (connecting.compareAndSet(false, true)) {
            thread("incus-stemcell-connect", connection).start();
        }
        return await(connection, "the connection to Incus");
    }

    /** Has a container started, as soon as a thread is free for it. */
    Future<StemcellContainer> start(Callable<StemcellContainer> start) {
        return starts.submit(start);
    }

    /** Has something done before the run ends, off the tests' threads. */
    Future<?> dispose(Callable<Void> disposal) {
        Future<?> submitted = disposals.submit(disposal);
        disposed.add(submitted);
        return submitted;
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
        report.close();
        if (failure != null) {
            throw failure;
        }
    }

    private void closeConnection() {
        if (connecting.get()) {
            try {
                connection.get().close();
            } catch (ExecutionException e) {
                // It was never opened, and the tests that wanted it have said so.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static ExecutorService threads(String work, int count) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(
                count, task -> thread("incus-stemcell-" + work + "-" + number.incrementAndGet(), task));
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
