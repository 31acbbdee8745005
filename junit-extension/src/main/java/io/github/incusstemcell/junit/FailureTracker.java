package io.github.incusstemcell.junit;

import io.github.incusstemcell.junit.report.TestReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * The machines that a test, or the tests of a class, use, whichever extension gave them: the one place that hears of a failure. It stands
 * in the store of each test and each class, which JUnit closes when nothing of it can fail any more, not in callbacks of other extensions
 * either. A failure counts for all machines that are used there and in the classes around.
 */
final class FailureTracker implements CloseableResource, AutoCloseable {

    private final ExtensionContext context;
    private final Set<Machines> machines = ConcurrentHashMap.newKeySet();
    private final Map<ExclusiveAccess, ExclusiveAccess.Turn> access = new ConcurrentHashMap<>();

    private FailureTracker(ExtensionContext context) {
        this.context = context;
    }

    static FailureTracker by(ExtensionContext context) {
        return Stores.computeIfAbsent(context, key(context), FailureTracker.class, () -> new FailureTracker(context));
    }

    private static Object key(ExtensionContext context) {
        return List.of("used", context.getUniqueId());
    }

    /** Those that were named so far. */
    Set<Machines> machines() {
        return machines;
    }

    /** Also for the classes around, up to the one whose they are: other parts of these may use them by way of a variable. */
    void add(Machines used) {
        if (isOfClassOrTest() && machines.add(used) && !used.isOf(context)) {
            context.getParent().ifPresent(around -> by(around).add(used));
        }
    }

    private boolean isOfClassOrTest() {
        return context.getTestClass().isPresent();
    }

    /** This test's turn at machines that tests use one after the other. It ends with the test, once it is known how that ended. */
    ExclusiveAccess.Turn turn(ExclusiveAccess of, Supplier<ExclusiveAccess.Turn> first) {
        return access.computeIfAbsent(of, absent -> first.get());
    }

    /** Tells all machines that are used in a context and around it of a failure there. */
    static void failed(ExtensionContext context, Throwable failure) {
        failed(context, context, failure, () -> Reporting.of(context));
    }

    /**
     * The same for a context whose own store is closed.
     *
     * @param around the innermost one whose store is not
     */
    static void failed(
            ExtensionContext around, ExtensionContext context, Throwable failure, Supplier<TestReport> report) {
        Declaration.outwards(around).forEach(next -> {
            FailureTracker used = Stores.get(next, key(next), FailureTracker.class);
            if (used != null) {
                used.machines.forEach(machines -> machines.reportFailure(context, failure, report));
            }
        });
    }

    @Override
    public void close() {
        try {
            context.getExecutionException().ifPresent(failure -> failed(context, failure));
            undoFaults();
        } finally {
            access.values().forEach(ExclusiveAccess.Turn::close);
        }
    }

    /** The next test that shares the machines finds them without; of a test's own nothing stays. */
    private void undoFaults() {
        if (context.getTestMethod().isPresent()) {
            machines.stream().filter(used -> !used.isOf(context)).forEach(Machines::undoFaults);
        }
    }
}
