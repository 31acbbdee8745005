package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.Provisioning;
import io.github.incusstemcell.container.StartTimes;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers that boot, or have booted, before the tests ask for them: while the tests before are running. Which will be asked for is known
 * from the {@linkplain PlannedTests plan} of the run; none is started that no test of it will ask for, and none of an image of which no
 * container has booted in this run. One whose test has ended without it, as it was skipped or a callback failed before, goes to another test
 * that wants the same, or is deleted at once.
 *
 * <p>Where there is a limit of machines, none is started ahead: it would take the place of one that a test waits for, maybe the very test that
 * is to end before it.
 *
 * <p>Starts that a test waits for are not held up: they have threads of their own, and while there are as many of them as may start at once,
 * none is started ahead.
 */
final class StartsAhead {

    private static final Logger LOG = LoggerFactory.getLogger(StartsAhead.class);

    /** So many of the tests to come are looked at. */
    private static final int VIEW = 64;

    /** So much has to be free, in bytes: more than a stemcell takes after its boot, so that the tests have some as well. */
    private static final long MEMORY = 1L << 30;

    private final Suite suite;
    private final Optional<Integer> most;
    private final ExecutorService threads = DaemonThreads.pool("ahead");
    private final Map<PlannedTest, Optional<ContainerSpec>> expected = new ConcurrentHashMap<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    private final List<Start> starts = new ArrayList<>();
    private final Set<Kind> proven = new HashSet<>();
    private final Set<ContainerSpec> failed = new HashSet<>();
    private final Pace pace = new Pace();
    private @Nullable PlannedTests plan;
    private int starting;
    private int running;
    private boolean closed;

    /** A container that no test has asked for. */
    private record Start(ContainerSpec spec, FutureTask<StemcellContainer> container) {

        boolean fits(ContainerSpec other) {
            return spec.toBuilder()
                    .owner("")
                    .build()
                    .equals(other.toBuilder().owner("").build());
        }
    }

    /** What has to be made before the first container of it, and may fail. */
    private record Kind(ImageReference image, GuestOverlay overlay, Optional<Provisioning> provisioning) {

        static Kind of(ContainerSpec spec) {
            return new Kind(spec.image(), spec.overlay(), spec.provisioning());
        }
    }

    StartsAhead(Suite suite, Configuration configuration) {
        this.suite = suite;
        this.most = configuration.countOrZero(Key.STARTS_AHEAD);
    }

    /**
     * A container for a test, if one is on its way. From now on the test is none to come any more.
     *
     * @param test JUnit's unique id of it
     * @param spec what the container is to be
     * @param otherwise starts one, should that on its way not come up
     * @return empty if one has to be started
     */
    Optional<Future<StemcellContainer>> take(String test, ContainerSpec spec, Callable<StemcellContainer> otherwise) {
        Optional<Start> taken;
        synchronized (this) {
            running++;
            PlannedTests.with(test).ifPresent(this::follow);
            taken = find(spec);
            taken.ifPresent(starts::remove);
            if (plan != null) {
                plan.served(test);
            }
        }
        wake();
        return taken.map(start -> start.container().isDone() && start.spec().equals(spec)
                ? start.container()
                : threads.submit(() -> handOver(start, spec, otherwise)));
    }

    private void follow(PlannedTests tests) {
        if (plan != tests) {
            plan = tests;
            tests.onEnd(this::wake);
        }
    }

    /** One that is up; of these, or of those that are on their way, the one that was started for this very test, or else the first. */
    private Optional<Start> find(ContainerSpec spec) {
        return starts.stream()
                .filter(start -> start.fits(spec))
                .min(Comparator.comparing((Start start) -> !start.container().isDone())
                        .thenComparing(start -> !start.spec().equals(spec)));
    }

    private static StemcellContainer handOver(Start start, ContainerSpec spec, Callable<StemcellContainer> otherwise)
            throws Exception {
        StemcellContainer container;
        try {
            container = start.container().get();
        } catch (ExecutionException e) {
            // It was told of when it failed.
            return otherwise.call();
        }
        if (start.spec().equals(spec)) {
            return container;
        }
        try {
            container.handOver(spec.owner());
            return container;
        } catch (RuntimeException e) {
            LOG.info("{}, started ahead, cannot be used for {}: {}", container, spec.owner(), e.getMessage());
            container.close();
            return otherwise.call();
        }
    }

    /** A test has no container any more, and had it for a time, if it ever had it. */
    void released(Optional<Duration> use) {
        synchronized (this) {
            running--;
            use.ifPresent(pace::used);
        }
        wake();
    }

    /** Starts a container that somebody waits for, and learns from it. */
    StemcellContainer observing(ContainerSpec spec, Supplier<StemcellContainer> launch) {
        synchronized (this) {
            starting++;
        }
        return counted(spec, launch);
    }

    private StemcellContainer counted(ContainerSpec spec, Supplier<StemcellContainer> launch) {
        try {
            StemcellContainer container = launch.get();
            StartTimes times = container.startTimes();
            synchronized (this) {
                proven.add(Kind.of(spec));
                pace.started(Duration.between(times.imagePrepared(), times.booted()));
            }
            return container;
        } finally {
            synchronized (this) {
                starting--;
            }
            wake();
        }
    }

    /** Looks, on a thread of our own, whether another container can be started, or one is wanted no more. */
    private synchronized void wake() {
        if (plan != null && !closed && woken.compareAndSet(false, true)) {
            threads.execute(() -> {
                woken.set(false);
                adjust();
            });
        }
    }

    private void adjust() {
        PlannedTests tests;
        synchronized (this) {
            tests = plan;
        }
        if (tests == null) {
            return;
        }
        // Outside the lock, since the first look at a test takes its time.
        tests.next(VIEW).forEach(this::expected);
        synchronized (this) {
            if (closed) {
                return;
            }
            List<Start> unwanted = new ArrayList<>(starts);
            for (PlannedTest test : tests.next(VIEW)) {
                Optional<ContainerSpec> spec = expected(test);
                Optional<Start> there = spec.flatMap(wanted ->
                        unwanted.stream().filter(start -> start.fits(wanted)).findFirst());
                there.ifPresent(unwanted::remove);
                if (there.isEmpty() && spec.filter(this::mayStart).isPresent()) {
                    start(spec.get());
                }
            }
            unwanted.forEach(this::discard);
        }
    }

    private Optional<ContainerSpec> expected(PlannedTest test) {
        return expected.computeIfAbsent(test, absent -> absent.container(suite.configuration()));
    }

    private boolean mayStart(ContainerSpec spec) {
        int atOnce = suite.startsAtOnce();
        return starts.size() < most.orElseGet(() -> pace.ahead(running, atOnce))
                && starting < atOnce
                && proven.contains(Kind.of(spec))
                && !failed.contains(spec.toBuilder().owner("").build())
                && suite.stemcells().machineLimit().isEmpty()
                && suite.stemcells().availableMemory().orElse(Long.MAX_VALUE) > MEMORY;
    }

    private void start(ContainerSpec spec) {
        FutureTask<StemcellContainer> container =
                new FutureTask<>(() -> counted(spec, () -> suite.stemcells().launch(spec))) {
                    @Override
                    protected void setException(Throwable failure) {
                        forget(this, spec, failure);
                        super.setException(failure);
                    }
                };
        starting++;
        starts.add(new Start(spec, container));
        threads.execute(container);
    }

    /** Whoever wants such a container starts it himself, and is told then what is wrong. */
    private synchronized void forget(FutureTask<StemcellContainer> container, ContainerSpec spec, Throwable failure) {
        starts.removeIf(start -> start.container() == container);
        failed.add(spec.toBuilder().owner("").build());
        LOG.info("No container could be started ahead for {}: {}", spec.owner(), failure.getMessage());
        // There is room now for another one, which was not so yet when the start itself ended.
        wake();
    }

    private void discard(Start start) {
        starts.remove(start);
        suite.dispose(() -> {
            try {
                start.container().get().close();
            } catch (ExecutionException e) {
                LOG.debug(
                        "Nothing is left of what was started ahead for {}",
                        start.spec().owner(),
                        e);
            }
            return null;
        });
    }

    /** Starts none any more, and has those deleted that no test has asked for. */
    void close() {
        synchronized (this) {
            closed = true;
            List.copyOf(starts).forEach(this::discard);
        }
        threads.shutdown();
    }

    /** Starts none any more. */
    synchronized void stop() {
        closed = true;
        threads.shutdown();
    }
}
