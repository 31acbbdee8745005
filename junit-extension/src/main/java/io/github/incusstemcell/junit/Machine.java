package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.Diagnostics;
import io.github.incusstemcell.container.OnFailure;
import io.github.incusstemcell.container.ProvisioningException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.junit.report.Inspected;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One container in the scope that it lives for, from the moment at which it is first asked for. */
final class Machine {

    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    private final Suite suite;
    private final NetworkGroup group;
    private final String name;
    private final MachineSettings settings;
    private @Nullable Future<StemcellContainer> launch;
    private volatile Optional<Diagnostics> ofFailedStart = Optional.empty();
    private boolean failed;
    private boolean closed;

    /** Whether it is a test's own and only one, as those that are started ahead are. */
    private boolean alone;

    /** When the test got it, by {@link System#nanoTime}; empty before. */
    private OptionalLong handedOver = OptionalLong.empty();

    Machine(Suite suite, NetworkGroup group, String name, MachineSettings settings) {
        this.suite = suite;
        this.group = group;
        this.name = name;
        this.settings = settings;
    }

    MachineSettings settings() {
        return settings;
    }

    /**
     * Has the container started on a thread of our own; does nothing the second time.
     *
     * @param test JUnit's id of the test whose only machine it is, if it is that: then it may have been started ahead
     */
    synchronized void begin(Optional<String> test) {
        if (closed) {
            throw ended(settings);
        }
        if (launch == null) {
            alone = test.isPresent();
            launch = test.flatMap(id -> suite.ahead().take(id, settings.spec(), this::start))
                    .orElseGet(() -> suite.start(this::start));
        }
    }

    /** A test that was interrupted, or that failed before it used its container, may have ended before a thread is free. */
    private StemcellContainer start() {
        synchronized (this) {
            if (closed) {
                throw ended(settings);
            }
        }
        ContainerSpec spec = group.placed(settings.spec());
        StemcellContainer container = launch(spec);
        try {
            group.join(name, spec, container);
            return container;
        } catch (RuntimeException e) {
            end(container, isKept(true));
            throw e;
        }
    }

    private StemcellContainer launch(ContainerSpec spec) {
        OnFailure onFailure = OnFailure.DELETE.keeping(isKept(true));
        OnFailure wanted = suite.report().wantsDiagnostics()
                ? onFailure.diagnosing(found -> ofFailedStart = Optional.of(found))
                : onFailure;
        try {
            Stemcells stemcells = suite.stemcells();
            return suite.ahead().observing(spec, () -> stemcells.launch(spec, wanted));
        } catch (ProvisioningException e) {
            ofFailedStart = e.diagnostics();
            throw e;
        }
    }

    static IncusStemcellException ended(MachineSettings settings) {
        return new IncusStemcellException("The container for " + settings.spec().owner()
                + " was not started: the test or the scope it was asked for has ended. Ask for it within that, or give it a"
                + " wider scope");
    }

    /** The container that was {@linkplain #begin begun}, once it has booted. */
    StemcellContainer container() {
        Future<StemcellContainer> begun;
        synchronized (this) {
            begun = Objects.requireNonNull(launch, "not begun");
        }
        StemcellContainer container =
                Suite.await(begun, "the container for " + settings.spec().owner());
        synchronized (this) {
            if (handedOver.isEmpty()) {
                handedOver = OptionalLong.of(System.nanoTime());
            }
        }
        return container;
    }

    /** Its start, when that is over: with the container, or with why it did not come up. */
    private synchronized Optional<Future<StemcellContainer>> launched() {
        return Optional.ofNullable(launch).filter(Future::isDone);
    }

    /** The container, if its start is over and it came up; if it did not and is kept, the log says so. */
    private Optional<StemcellContainer> started() throws InterruptedException {
        Optional<Future<StemcellContainer>> launched = launched();
        try {
            return launched.isPresent() ? Optional.of(launched.get().get()) : Optional.empty();
        } catch (ExecutionException e) {
            LOG.debug("{} never came up", settings.spec().owner(), e);
            return Optional.empty();
        }
    }

    /** How it is at this moment, or was when its start failed; empty for one that is on its way, and has not been waited for. */
    Optional<Inspected> inspect() throws InterruptedException {
        return diagnose().map(diagnostics -> new Inspected(diagnostics, isKept()));
    }

    /** What opens a shell in it, as far as it runs, and has been waited for. */
    Optional<String> shellCommand() {
        try {
            return started().map(StemcellContainer::shellCommand);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Of one that did not come up nothing was changed. */
    void undoFaults() {
        try {
            started().ifPresent(StemcellContainer::undoFaults);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Diagnostics> diagnose() throws InterruptedException {
        return launched().isEmpty()
                ? Optional.empty()
                : started().map(StemcellContainer::diagnose).or(() -> ofFailedStart);
    }

    /** Remembers that a test failed which used the container, though it may live on. */
    synchronized void reportFailure(Throwable failure) {
        // A failed assumption ends a test as an exception, too, but is no failure.
        failed |= !(failure instanceof TestAbortedException);
    }

    /**
     * Ends the container, or leaves it if the user wants to look at it. The work is done elsewhere.
     *
     * @param afterwards is done after that
     * @return its end, if there is one to wait for
     */
    synchronized Optional<Future<?>> close(Callable<Void> afterwards) {
        if (closed) {
            return Optional.empty();
        }
        closed = true;
        if (alone) {
            suite.ahead().released(use());
        }
        return Optional.of(suite.dispose(() -> {
            try {
                dispose();
            } finally {
                afterwards.call();
            }
            return null;
        }));
    }

    private Optional<Duration> use() {
        return handedOver.isPresent()
                ? Optional.of(Duration.ofNanos(System.nanoTime() - handedOver.getAsLong()))
                : Optional.empty();
    }

    private void dispose() throws InterruptedException {
        if (launch == null) {
            return;
        }
        StemcellContainer container;
        try {
            container = launch.get();
        } catch (ExecutionException e) {
            // The start failed and left nothing; who asked for the container was told.
            return;
        }
        end(container, isKept());
    }

    private void end(StemcellContainer container, boolean kept) {
        if (kept) {
            container.leaveRunning();
            LOG.warn(
                    "Kept {} of {} for a day. Look inside with: {}",
                    container,
                    settings.spec().owner(),
                    container.shellCommand());
        } else {
            container.close();
        }
    }

    /** Whether it is left for a person to look at, as far as is known now. */
    synchronized boolean isKept() {
        return isKept(failed);
    }

    private boolean isKept(boolean afterFailure) {
        return switch (settings.cleanup()) {
            case ALWAYS -> false;
            case ON_SUCCESS -> afterFailure;
            case NEVER -> true;
        };
    }
}
