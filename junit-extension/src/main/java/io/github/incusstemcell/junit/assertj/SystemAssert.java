package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Boot;
import io.github.incusstemcell.systemd.SystemState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.SystemdChanges;
import io.github.incusstemcell.systemd.UnitSummary;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Assertions on the system as a whole. */
public final class SystemAssert {

    private final Subject subject;
    private final Systemd systemd;

    SystemAssert(Subject subject) {
        this.subject = subject;
        this.systemd = subject.stemcell().systemd();
    }

    /** {@return this, where the system has booted and no unit has failed} */
    public SystemAssert isRunning() {
        return hasState("be running", state -> state == SystemState.RUNNING);
    }

    /** {@return this, where the boot is over, well or not} */
    public SystemAssert hasFinishedBooting() {
        return hasState("have finished booting", SystemState::hasFinishedBooting);
    }

    private SystemAssert hasState(String wanted, Predicate<SystemState> holds) {
        SystemState state = decide(systemd::state, holds);
        if (!holds.test(state)) {
            throw subject.failure("Expecting the system on " + subject.name() + " to " + wanted
                    + subject.timing().words() + "\n  but was: " + state + "\n  failed units: "
                    + list(systemd.failedUnits()) + "\n  queued jobs: " + systemd.jobs());
        }
        return this;
    }

    /**
     * Checks that nothing has failed.
     *
     * @param except full names of units that may fail; not null
     * @return this
     */
    public SystemAssert hasNoFailedUnits(String... except) {
        Set<String> excused = Set.of(except);
        List<UnitSummary> failed = decide(
                () -> systemd.failedUnits().stream()
                        .filter(unit -> !excused.contains(unit.name()))
                        .toList(),
                List::isEmpty);
        if (!failed.isEmpty()) {
            String reports = failed.stream()
                    .map(unit -> systemd.unit(unit.name()))
                    .map(unit -> "  " + unit.name() + ": " + unit + "\n" + systemd.report(unit))
                    .collect(Collectors.joining("\n"));
            throw subject.failure("Expecting no failed units on " + subject.name()
                    + subject.timing().words() + "\n  but there were: " + list(failed) + "\n" + reports);
        }
        return this;
    }

    /**
     * Checks how long the boot took by the guest's own clock.
     *
     * @param limit how long at most; not null
     * @return this
     */
    public SystemAssert bootedWithin(Duration limit) {
        hasFinishedBooting();
        Boot boot = systemd.waitUntilBooted(Duration.ofSeconds(10));
        if (boot.duration().isZero() || boot.duration().compareTo(limit) > 0) {
            throw subject.failure("Expecting " + subject.name() + " to have booted within " + Timing.seconds(limit)
                    + "\n  but it took " + Timing.seconds(boot.duration()));
        }
        return this;
    }

    private static String list(List<UnitSummary> units) {
        return units.isEmpty() ? "none" : units.stream().map(UnitSummary::name).collect(Collectors.joining(", "));
    }

    /** Reads again at each change of which systemd tells. */
    private <T> T decide(Supplier<T> reading, Predicate<T> holds) {
        if (subject.timing().mode() == Timing.Mode.NOW) {
            return reading.get();
        }
        boolean awaited = subject.timing().mode() == Timing.Mode.WITHIN;
        long end = System.nanoTime() + subject.timing().span().toNanos();
        try (SystemdChanges changes = systemd.changes()) {
            T value = reading.get();
            while (holds.test(value) != awaited && end - System.nanoTime() > 0) {
                changes.await(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                value = reading.get();
            }
            return value;
        }
    }
}
