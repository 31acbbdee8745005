package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.junit.report.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private static final String LEFT = "Left to the next run on this machine: ";

    private final Configuration configuration;
    private final RunReport report;
    private final FailurePause pause;
    private final SharedFailures failures = new SharedFailures();
    private final FutureTask<Stemcells> connection;
    private final AtomicBoolean connecting = new AtomicBoolean();

    /** So many starts at once; more of them only wait, in the order in which they were asked for. */
    private final ThreadPoolExecutor starts;

    private final StartsAhead ahead;
    private final ExecutorService disposals = threads("disposal", cores());
    private final Queue<Future<?>> disposed = new ConcurrentLinkedQueue<>();

    /** JUnit closes nothing when the JVM is told to end. */
    private final Thread atExit = new Thread(this::endAtOnce, "incus-stemcell-exit");

    private Suite(Configuration configuration) {
        this.configuration = configuration;
        UnknownKeys.ofThisProcess().forEach(LOG::warn);
        this.report = Reporting.of(configuration);
        this.pause = new FailurePause(configuration.flag(Key.PAUSE_ON_FAILURE).orElse(false));
        this.connection = new FutureTask<>(this::connect);
        this.starts = threads("start", configuration.count(Key.PARALLEL_STARTS).orElseGet(Suite::cores));
        this.ahead = new StartsAhead(this, configuration);
    }

    static Suite of(ExtensionContext context) {
        return Stores.computeIfAbsent(
                context.getRoot(), "suite", Suite.class, () -> new Suite(Configuration.of(context)));
    }

    private Stemcells connect() {
        Stemcells stemcells = SuiteConnection.open(configuration);
        Runtime.getRuntime().addShutdownHook(atExit);
        if (configuration.get(Key.PARALLEL_STARTS).isEmpty()) {
            resize(starts, stemcells.processors());
        }
        return stemcells;
    }

    Configuration configuration() {
        return configuration;
    }

    RunReport report() {
        return report;
    }

    SharedFailures failures() {
        return failures;
    }

    FailurePause pause() {
        return pause;
    }

    /**
     * Connects, at the first call; a failure stays one. On a thread of its own: were the test's thread interrupted while it
     * connects, for all other tests there would be no Incus either.
     *
     * @throws IncusStemcellException if there is no Incus to be used
     */
    Stemcells stemcells() {
        if (connecting.compareAndSet(false, true)) {
            DaemonThreads.start("connect", connection);
        }
        return await(connection, "the connection to Incus");
    }

    /** Has a container started, as soon as a thread is free for it. */
    Future<StemcellContainer> start(Callable<StemcellContainer> start) {
        return starts.submit(start);
    }

    /** So many containers start at once, for tests that wait for them. */
    int startsAtOnce() {
        return starts.getMaximumPoolSize();
    }

    StartsAhead ahead() {
        return ahead;
    }

    /** Has something done before the run ends, off the tests' threads. */
    Future<?> dispose(Callable<Void> disposal) {
        Future<?> submitted = disposals.submit(disposal);
        disposed.add(submitted);
        return submitted;
    }

    /** Waits until something is disposed of. Whether it was is looked at when the run ends, and no matter of a test. */
    static void awaitDisposal(Future<?> disposal) {
        try {
            disposal.get();
        } catch (ExecutionException e) {
            LOG.debug("What a test had is not removed yet", e.getCause());
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for the removal of a container", e);
        }
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
            throw Waiting.interrupted("waiting for " + what, e);
        }
    }

    @Override
    public void close() {
        starts.shutdown();
        ahead.close();
        disposals.shutdown();
        List<RuntimeException> failures = new ArrayList<>();
        for (Future<?> disposal : disposed) {
            try {
                await(disposal, "the removal of a container");
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            removeAgain(failures);
        }
        if (connecting.get()) {
            tellSwept();
        }
        closeConnection();
        report.close();
    }

    /** What is not removed makes no test wrong that has passed. */
    private void removeAgain(List<RuntimeException> failures) {
        IncusStemcellException failure = new IncusStemcellException(
                "Something that this run created could not be removed at once: "
                        + failures.get(0).getMessage(),
                failures.get(0));
        failures.stream().skip(1).forEach(failure::addSuppressed);
        try {
            stemcells().removeAll().stream()
                    .filter(swept -> swept.left().isPresent())
                    .forEach(left -> report.remark(LEFT + left));
        } catch (IncusStemcellException e) {
            failure.addSuppressed(e);
            report.remark(LEFT + e.getMessage());
        }
        report.remark(failure.getMessage());
        LOG.warn(
                "{}. It was tried once more; what is left then, the next run on this machine removes",
                failure.getMessage(),
                failure);
    }

    private void tellSwept() {
        try {
            connection.get().swept().forEach(swept -> report.remark("Removed, left by a run that died: " + swept));
        } catch (ExecutionException e) {
            LOG.debug("There was no connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endAtOnce() {
        starts.getQueue().clear();
        starts.shutdown();
        ahead.stop();
        try {
            connection.get().removeAll();
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            LOG.warn("This run ends early, and what it created is left to the next run on this machine", e);
        }
    }

    private void closeConnection() {
        if (connecting.get() && !isAtExit()) {
            try {
                connection.get().close();
            } catch (ExecutionException e) {
                // It was never opened, and the tests that wanted it have said so.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the JVM is ending: tests whose containers are taken away from them fail then, and soon the last is over. */
    private boolean isAtExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
            return false;
        } catch (IllegalStateException e) {
            LOG.debug("What this run created is being removed already", e);
            return true;
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static ThreadPoolExecutor threads(String work, int count) {
        return new ThreadPoolExecutor(
                count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.named(work));
    }

    /** The largest number that a pool has is never less than the others, so growing and shrinking differ. */
    private static void resize(ThreadPoolExecutor pool, int count) {
        if (count > pool.getCorePoolSize()) {
            pool.setMaximumPoolSize(count);
            pool.setCorePoolSize(count);
        } else {
            pool.setCorePoolSize(count);
            pool.setMaximumPoolSize(count);
        }
    }
}
