package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.StartTimes;
import io.github.incusstemcell.container.StemcellContainer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.opentest4j.TestAbortedException;

/** What one test, or the part of a class outside its tests, did when. It stands in its store, so that JUnit ends it. */
public final class TestReport implements CloseableResource, AutoCloseable {

    private static final int FAILURE = 20_000;
    private static final Duration NOTABLE = Duration.ofMillis(5);

    /** How a test ended. */
    enum Outcome {
        PASSED,
        FAILED,
        ABORTED
    }

    /**
     * A span in which a test waited for a container.
     *
     * @param container its name, or empty if none came of it
     * @param image its image, or empty
     * @param times the parts of its start, as far as the test has waited for them
     */
    record Wait(Instant begin, Instant end, String container, String image, Optional<StartTimes> times) {}

    /** A span. */
    record Span(Instant begin, Instant end) {

        Duration duration() {
            return Duration.between(begin, end);
        }
    }

    /** Null once the test has ended: a run with many tests need not keep what JUnit has of each. */
    private @Nullable ExtensionContext context;

    private final ReportedElement place;
    private final Instant begin = Instant.now();
    private final List<Wait> waits = new ArrayList<>();
    private final List<Span> diagnosing = new ArrayList<>();
    private final List<Diagnosis> diagnoses = new ArrayList<>();
    private boolean started;
    private @Nullable Instant end;
    private Outcome outcome = Outcome.PASSED;
    private String failure = "";

    TestReport(ExtensionContext context) {
        this.context = context;
        this.place = ReportedElement.of(context);
    }

    /** Says that the test was not skipped. */
    public synchronized void started() {
        started = true;
    }

    /**
     * Waits for a container, and notes how long.
     *
     * @param waiting what waits for it
     * @return the container
     */
    public StemcellContainer whileWaiting(Supplier<StemcellContainer> waiting) {
        Instant since = Instant.now();
        Optional<StemcellContainer> container = Optional.empty();
        try {
            container = Optional.of(waiting.get());
            return container.get();
        } finally {
            waited(since, container);
        }
    }

    /**
     * Waits for something without which the containers cannot be used, and notes how long.
     *
     * @param waiting what waits
     */
    public void whileWaiting(Runnable waiting) {
        Instant since = Instant.now();
        try {
            waiting.run();
        } finally {
            if (Duration.between(since, Instant.now()).compareTo(NOTABLE) > 0) {
                waited(since, Optional.empty());
            }
        }
    }

    private synchronized void waited(Instant since, Optional<StemcellContainer> container) {
        started = true;
        waits.add(new Wait(
                since,
                Instant.now(),
                container.map(StemcellContainer::name).orElse(""),
                container.map(StemcellContainer::image).map(Object::toString).orElse(""),
                container.map(StemcellContainer::startTimes)));
    }

    synchronized void diagnosed(Instant since, List<Diagnosis> found) {
        diagnosing.add(new Span(since, Instant.now()));
        diagnoses.addAll(found);
    }

    /** Ends the test's part of the report. */
    @Override
    public synchronized void close() {
        if (context != null) {
            end = Instant.now();
            context.getExecutionException().ifPresent(this::keep);
            context = null;
        }
    }

    private void keep(Throwable thrown) {
        started = true;
        outcome = isFailure(thrown) ? Outcome.FAILED : Outcome.ABORTED;
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        failure = ReportText.plain(text.toString(), FAILURE);
    }

    /** A failed assumption ends a test as an exception, too, but is no failure. */
    static boolean isFailure(Throwable thrown) {
        return !(thrown instanceof TestAbortedException);
    }

    ReportedElement place() {
        return place;
    }

    boolean isClass() {
        return place.testName().isEmpty();
    }

    /** Whether there is something to be said: a test that was skipped has nothing. */
    synchronized boolean isTold() {
        return started;
    }

    Instant begin() {
        return begin;
    }

    synchronized Instant end() {
        return end == null ? Instant.now() : end;
    }

    synchronized Outcome outcome() {
        return outcome;
    }

    /** The stack trace, or empty. */
    synchronized String failure() {
        return failure;
    }

    synchronized List<Wait> waits() {
        return List.copyOf(waits);
    }

    synchronized List<Span> diagnosing() {
        return List.copyOf(diagnosing);
    }

    synchronized List<Diagnosis> diagnoses() {
        return List.copyOf(diagnoses);
    }

    Duration waiting() {
        return waits().stream()
                .map(wait -> Duration.between(wait.begin(), wait.end()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    Duration diagnosingTime() {
        return diagnosing().stream().map(Span::duration).reduce(Duration.ZERO, Duration::plus);
    }

    /** What is left of the test's time. */
    Duration running() {
        Duration rest = Duration.between(begin, end()).minus(waiting()).minus(diagnosingTime());
        return isClass() || rest.isNegative() ? Duration.ZERO : rest;
    }
}
