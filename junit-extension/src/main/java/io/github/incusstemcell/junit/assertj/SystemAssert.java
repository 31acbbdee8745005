package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.Boot;
import io.github.incusstemcell.systemd.Job;
import io.github.incusstemcell.systemd.SystemState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.UnitSummary;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Assertions on the system as a whole. */
public final class SystemAssert extends GuestAssert<SystemAssert> {

    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Systemd systemd;

    SystemAssert(Subject subject) {
        super(subject);
        this.systemd = subject.systemd();
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
        Observation<SystemState> seen = observe(holds, SystemState::toString).woken(systemd, systemd::state);
        if (!seen.holds()) {
            subject.fail(
                    "the system",
                    wanted,
                    seen,
                    "was: " + seen.last() + "\n  failed units: " + list(systemd.failedUnits()) + "\n  queued jobs: "
                            + list(systemd.jobs(), Job::toString));
        }
        return this;
    }

    private <T> Observation<T> observe(Predicate<T> holds, Function<T, String> words) {
        return new Observation<>(subject.timing(), holds, words);
    }

    /**
     * Checks that nothing has failed.
     *
     * @param except full names of units that may fail; not null
     * @return this
     */
    public SystemAssert hasNoFailedUnits(String... except) {
        Set<String> excused = new HashSet<>(List.of(except));
        Observation<List<UnitSummary>> seen = this.<List<UnitSummary>>observe(List::isEmpty, SystemAssert::list)
                .woken(systemd, () -> failed().stream()
                        .filter(unit -> !excused.contains(unit.name()))
                        .toList());
        if (!seen.holds()) {
            subject.fail(
                    "the system",
                    "have no failed units" + (excused.isEmpty() ? "" : " except " + String.join(" ", except)),
                    seen,
                    "there were: " + list(seen.last()) + "\n" + reports(seen.last()));
        }
        return this;
    }

    /**
     * Checks that no process dumped core, as far as that left a trace in the guest: in its journal, or as a file in
     * {@code /var/lib/systemd/coredump}, {@code /var/crash}, or the place of {@code kernel.core_pattern}, for which processes whose folder
     * is not the root folder go unnoticed where it names none.
     *
     * @return this
     */
    public SystemAssert hasNoCoreDumps() {
        Observation<List<String>> seen = observe(
                        (Predicate<List<String>>) List::isEmpty, dumps -> dumps.size() + " core dumps")
                .polling(() -> CoreDumps.of(subject.stemcell()));
        if (!seen.holds()) {
            subject.fail(
                    "the system", "have no core dumps", seen, "there were:\n    " + String.join("\n    ", seen.last()));
        }
        return this;
    }

    private List<UnitSummary> failed() {
        List<UnitSummary> units = systemd.units();
        if (units.isEmpty()) {
            throw new AssertionError("systemd of " + subject.name() + " has no units, not even failed ones");
        }
        return units.stream()
                .filter(unit -> unit.activeState() == ActiveState.FAILED)
                .toList();
    }

    private String reports(List<UnitSummary> failed) {
        return failed.stream()
                .map(unit -> systemd.unit(unit.name()))
                .map(unit -> "  " + unit.name() + ": " + unit + "\n" + systemd.report(unit))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Checks how long the boot took by the guest's own clock.
     *
     * @param limit how long at most; not null
     * @return this
     */
    public SystemAssert bootedWithin(Duration limit) {
        Observation<SystemState> seen =
                observe(SystemState::hasFinishedBooting, SystemState::toString).woken(systemd, systemd::state);
        String wanted = "have booted within " + Timing.seconds(limit);
        if (!seen.holds()) {
            subject.fail(
                    "the system",
                    wanted,
                    seen,
                    "was: " + seen.last() + "\n  queued jobs: " + list(systemd.jobs(), Job::toString));
            return this;
        }
        Boot boot = systemd.waitUntilBooted(ANSWER);
        if (boot.duration().isZero()) {
            subject.fail("the system", wanted, seen, "its boot ended in: " + boot.state());
        } else if (boot.duration().compareTo(limit) > 0) {
            subject.fail("the system", wanted, seen, "it took " + Timing.seconds(boot.duration()));
        }
        return this;
    }

    private static String list(List<UnitSummary> units) {
        return list(units, UnitSummary::name);
    }

    private static <T> String list(List<T> all, Function<T, String> words) {
        return all.isEmpty() ? "none" : all.stream().map(words).collect(Collectors.joining(", "));
    }
}
