package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.Boot;
import io.github.incusstemcell.systemd.Job;
import io.github.incusstemcell.systemd.SystemState;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Assertions on the system as a whole. {@link #satisfies} is given its {@link Systemd}, and asked at each change of which that tells.
 *
 * <p>What the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}) leaves out or counts as done at boot fails nothing and takes
 * no time here.
 */
public final class SystemAssert extends GuestAssert<SystemAssert, Systemd> {

    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Systemd systemd;

    SystemAssert(Subject subject) {
        super(subject);
        this.systemd = subject.systemd();
    }

    /**
     * Verifies that the system has booted and that no unit has failed.
     *
     * <pre>{@code
     * stemcell.systemd().resetFailed();
     * assertThat(stemcell).systemd().isRunning(); // passes
     * stemcell.exec("systemd-run", "--unit=broken", "--wait", "false");
     * assertThat(stemcell).systemd().isRunning(); // fails
     * stemcell.systemd().resetFailed();
     * }</pre>
     *
     * @return this assertion object
     */
    public SystemAssert isRunning() {
        return hasState("be running", state -> state == SystemState.RUNNING);
    }

    /**
     * Verifies that the boot is over, well or not.
     *
     * <pre>{@code
     * assertThat(stemcell).systemd().hasFinishedBooting(); // passes
     * stemcell.systemd().writeDropIn("shutdown.target", "by-hand", "[Unit]\nRefuseManualStart=no\n");
     * // as if it were about to shut down, but without stopping anything
     * stemcell.exec("systemctl", "start", "--job-mode=ignore-dependencies", "shutdown.target");
     * assertThat(stemcell).systemd().hasFinishedBooting(); // fails
     * stemcell.systemd().stop("shutdown.target");
     * }</pre>
     *
     * @return this assertion object
     */
    public SystemAssert hasFinishedBooting() {
        return hasState("have finished booting", SystemState::hasFinishedBooting);
    }

    @Override
    SystemAssert that(String wanted, Predicate<Systemd> holds) {
        Observation<SystemState> seen = this.<SystemState>observe(state -> holds.test(systemd), SystemState::toString)
                .woken(systemd, systemd::state);
        subject.verify("the system", wanted, seen, state -> "was: " + state);
        return this;
    }

    @Override
    Object comparable(Systemd now) {
        return List.of(now.state(), now.failedUnits());
    }

    private SystemAssert hasState(String wanted, Predicate<SystemState> holds) {
        Observation<Health> seen = this.<Health>observe(health -> holds.test(health.state()), health -> health.state()
                        .toString())
                .wokenByFailures(systemd, this::health);
        subject.verify(
                "the system",
                wanted,
                seen,
                health -> "was: " + health.state() + "\n  failed units: " + health.failures() + "\n  queued jobs: "
                        + list(systemd.jobs(), Job::toString));
        return this;
    }

    /** What systemd says of the system, and the failures that go with it. */
    private record Health(SystemState state, Failures failures) {}

    /** systemd does not tell when the state changes; but it is degraded for as long as any unit is failed. */
    private Health health(Set<String> lately) {
        SystemState state = systemd.state();
        Failures failures = failures(lately);
        boolean isDegraded = state == SystemState.RUNNING && !failures.isEmpty();
        return new Health(isDegraded ? SystemState.DEGRADED : state, failures);
    }

    /** What failed lately and does no longer matters only to what has to hold at every moment. */
    private Failures failures(Set<String> lately) {
        boolean always = subject.timing().mode() == Timing.Mode.ALWAYS;
        return Failures.of(subject.name(), systemd, always ? lately : Set.of());
    }

    private <T> Observation<T> observe(Predicate<T> holds, Function<T, String> words) {
        return new Observation<>(subject.timing(), holds, words);
    }

    /**
     * Verifies that no unit has failed.
     *
     * <pre>{@code
     * stemcell.systemd().resetFailed();
     * assertThat(stemcell).systemd().hasNoFailedUnits(); // passes
     * stemcell.exec("systemd-run", "--unit=may-fail", "--wait", "false");
     * assertThat(stemcell).systemd().hasNoFailedUnits("may-fail.service"); // passes
     * assertThat(stemcell).systemd().hasNoFailedUnits(); // fails
     * stemcell.systemd().resetFailed();
     * }</pre>
     *
     * @param except full names of units that may fail
     * @return this assertion object
     */
    public SystemAssert hasNoFailedUnits(String... except) {
        Set<String> excused = Set.copyOf(Arguments.anyTexts(except, Arguments::unit));
        Observation<Failures> seen = observe(Failures::isEmpty, Failures::toString)
                .wokenByFailures(systemd, lately -> failures(lately).except(excused));
        subject.verify(
                "the system",
                "have no failed units" + (excused.isEmpty() ? "" : " except " + String.join(" ", except)),
                seen,
                failures -> "there were: " + failures + "\n" + reports(failures));
        return this;
    }

    /**
     * Verifies that no process dumped core, as far as that left a trace in the guest: in its journal, or as a file in
     * {@code /var/lib/systemd/coredump}, {@code /var/crash}, or the place of {@code kernel.core_pattern}, for which processes whose folder
     * is not the root folder go unnoticed where it names none.
     *
     * <pre>{@code
     * assertThat(stemcell).systemd().hasNoCoreDumps(); // passes
     * stemcell.shell("mkdir -p /var/crash && touch /var/crash/_usr_sbin_cron.0.crash");
     * assertThat(stemcell).systemd().hasNoCoreDumps(); // fails
     * stemcell.files().delete("/var/crash/_usr_sbin_cron.0.crash");
     * }</pre>
     *
     * @return this assertion object
     */
    public SystemAssert hasNoCoreDumps() {
        Observation<List<String>> seen = observe(
                        (Predicate<List<String>>) List::isEmpty, dumps -> dumps.size() + " core dumps")
                .polling(() -> CoreDumps.of(subject.stemcell()));
        subject.verify(
                "the system", "have no core dumps", seen, dumps -> "there were:\n    " + String.join("\n    ", dumps));
        return this;
    }

    private String reports(Failures failures) {
        return failures.names()
                .map(systemd::unit)
                .map(unit -> "  " + unit.name() + ": " + unit + "\n" + systemd.report(unit))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Verifies that the boot took no longer than a time by the guest's own clock.
     *
     * <pre>{@code
     * assertThat(stemcell).systemd().bootedWithin(ofMinutes(5)); // passes
     * assertThat(stemcell).systemd().bootedWithin(ofMillis(1)); // fails
     * }</pre>
     *
     * @param limit how long at most
     * @return this assertion object
     */
    public SystemAssert bootedWithin(Duration limit) {
        Arguments.span(limit);
        Observation<SystemState> seen =
                observe(SystemState::hasFinishedBooting, SystemState::toString).woken(systemd, systemd::state);
        String wanted = "have booted within " + DurationText.of(limit);
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
            subject.fail("the system", wanted, seen, "it took " + DurationText.of(boot.duration()));
        }
        return this;
    }

    private static <T> String list(List<T> all, Function<T, String> words) {
        return all.isEmpty() ? "none" : all.stream().map(words).collect(Collectors.joining(", "));
    }
}
