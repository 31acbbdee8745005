package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.report.Inspected;
import io.github.incusstemcell.junit.report.TestReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * The machines of one scope by their names. It stands in the scope's store before any of them is started, so that JUnit closes it
 * whatever happens in between.
 */
final class Machines implements CloseableResource, AutoCloseable {

    private final Suite suite;
    private final ExtensionContext scope;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final ExclusiveAccess access = new ExclusiveAccess();
    private final Set<Throwable> reported = Collections.newSetFromMap(new IdentityHashMap<>());
    private final NetworkGroup group;
    private boolean closed;

    private Machines(Suite suite, ExtensionContext scope) {
        this.suite = suite;
        this.scope = scope;
        this.group = new NetworkGroup(suite, Declaration.describe(scope));
    }

    /** Those of a scope; a store's look-up falls through to the scopes around it, so the key says which scope is meant. */
    static Machines of(ExtensionContext scope, Object key) {
        Suite suite = Suite.of(scope);
        return Stores.computeIfAbsent(scope, key(scope, key), Machines.class, () -> new Machines(suite, scope));
    }

    /** Those of a scope, or null if nobody has asked for any. */
    static Machines existing(ExtensionContext scope, Object key) {
        return Stores.get(scope, key(scope, key), Machines.class);
    }

    private static Object key(ExtensionContext scope, Object key) {
        return List.of("machines", scope.getUniqueId(), key);
    }

    /** Whether they live as long as what a context is of. */
    boolean isOf(ExtensionContext context) {
        return scope.getUniqueId().equals(context.getUniqueId());
    }

    /** Has machines started that do not run yet, all at once, and waits for none of them. */
    synchronized void begin(Map<String, MachineSettings> selection) {
        if (selection.keySet().stream().anyMatch(name -> !name.isEmpty())) {
            group.expectNames();
        }
        Optional<String> test = Optional.of(scope)
                .filter(context -> context.getTestMethod().isPresent() && !group.hasNames())
                .map(ExtensionContext::getUniqueId);
        selection.forEach((name, settings) -> machine(name, settings).begin(test));
    }

    private Machine machine(String name, MachineSettings settings) {
        if (closed) {
            throw Machine.ended(settings);
        }
        return machines.computeIfAbsent(name, absent -> new Machine(suite, group, name, settings.named(name)));
    }

    /** One of the machines that were begun, once all of them have booted. */
    StemcellContainer container(String name) {
        Map<String, Machine> begun;
        synchronized (this) {
            begun = new LinkedHashMap<>(machines);
        }
        begun.values().forEach(Machine::container);
        return Objects.requireNonNull(begun.get(name), name).container();
    }

    /** Waits for a test's turn at machines that are reset between tests, and resets them. */
    void takeTurn(ExtensionContext test) {
        List<Machine> resettable;
        synchronized (this) {
            resettable = machines.values().stream()
                    .filter(machine -> machine.settings().reset())
                    .toList();
        }
        if (!resettable.isEmpty()) {
            access.of(test)
                    .take(() -> resettable.stream().map(Machine::container).toList());
        }
    }

    /** Takes back what a test has changed of them that it shares with others. */
    void undoFaults() {
        List<Machine> all;
        synchronized (this) {
            all = List.copyOf(machines.values());
        }
        all.forEach(Machine::undoFaults);
    }

    /** Remembers that a test failed which used these machines, and finds out how they are, since they may live on. */
    void reportFailure(ExtensionContext test, Throwable failure, Supplier<TestReport> report) {
        synchronized (this) {
            if (!reported.add(failure)) {
                // Another extension of the same test has told.
                return;
            }
            machines.values().forEach(machine -> machine.reportFailure(failure));
        }
        boolean ends = isOf(test) && test.getExecutionException().isPresent();
        if (!ends) {
            diagnose(report.get(), test, Optional.of(failure));
        }
    }

    /** Finds out how the machines are, before they are deleted, and then ends them. The latter is done elsewhere. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            scope.getExecutionException()
                    .ifPresent(failure -> machines.values().forEach(machine -> machine.reportFailure(failure)));
        }
        // What all classes share ends after the last of them; nothing is left then that could have failed.
        if (scope.getTestClass().isPresent()) {
            diagnose(Reporting.of(scope), scope, scope.getExecutionException());
        }
        List<Future<?>> awaited = new ArrayList<>();
        synchronized (this) {
            AtomicInteger remaining = new AtomicInteger(machines.size());
            for (Machine machine : machines.values()) {
                Optional<Future<?>> end = machine.close(() -> {
                    if (remaining.decrementAndGet() == 0) {
                        group.close();
                    }
                    return null;
                });
                // The next test may want the same address, so this one has to be free by then.
                end.filter(any -> machine.settings().spec().address().isPresent())
                        .ifPresent(awaited::add);
            }
        }
        awaited.forEach(Suite::awaitDisposal);
    }

    private void diagnose(TestReport report, ExtensionContext test, Optional<Throwable> failure) {
        if (failure.filter(RepeatedFailureException::is).isPresent()) {
            return;
        }
        Map<String, Callable<Optional<Inspected>>> questions = new LinkedHashMap<>();
        List<Machine> all;
        synchronized (this) {
            machines.forEach((name, machine) -> questions.put(name, machine::inspect));
            all = List.copyOf(machines.values());
        }
        suite.report().ended(report, test, failure, questions);
        failure.ifPresent(thrown -> suite.pause()
                .at(
                        Declaration.describe(test),
                        thrown,
                        all.stream()
                                .flatMap(machine -> machine.shellCommand().stream())
                                .toList()));
    }
}
