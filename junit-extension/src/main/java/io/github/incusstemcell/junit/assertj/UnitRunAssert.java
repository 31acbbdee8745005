package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/** Assertions on how a unit runs, how its last run ended, and what it may use; see {@link UnitAssert}. */
public abstract sealed class UnitRunAssert extends GuestAssert<UnitAssert, Unit> permits UnitAssert {

    final UnitCheck check;

    UnitRunAssert(Subject subject, UnitCheck check) {
        super(subject);
        this.check = check;
    }

    @Override
    UnitAssert that(String wanted, Predicate<Unit> holds) {
        check.holds(wanted, holds);
        return (UnitAssert) this;
    }

    UnitAssert that(String wanted, Predicate<Unit> holds, Function<Unit, String> details) {
        check.holds(wanted, holds, details);
        return (UnitAssert) this;
    }

    /** What it uses varies all the time. */
    @Override
    Object comparable(Unit unit) {
        return List.of(
                unit.toString(),
                unit.invocationId(),
                unit.mainPid(),
                unit.unitFileState(),
                unit.fragmentPath(),
                unit.dropIns(),
                unit.needsDaemonReload());
    }

    /**
     * Verifies how its last run ended.
     *
     * @param result systemd's word, as {@code success}, {@code exit-code} or {@code timeout}
     * @return this
     */
    public UnitAssert hasResult(String result) {
        return that(Ending.result(result));
    }

    /**
     * Verifies how its main process ended.
     *
     * @param code the exit code, 0 to 255
     * @return this
     */
    public UnitAssert hasExited(int code) {
        return that(Ending.exit(code));
    }

    /**
     * Verifies how its main process ended.
     *
     * @param signal the number of the signal, 1 to 64
     * @return this
     */
    public UnitAssert wasKilledBy(int signal) {
        return that(Ending.kill(signal));
    }

    private UnitAssert that(Ending ending) {
        return that(ending.wanted(), ending.holds());
    }

    /** {@return this, where systemd never restarted it by itself} */
    public UnitAssert hasNotRestarted() {
        return that("not have restarted", unit -> unit.restarts().orElse(-1) == 0);
    }

    /**
     * Verifies how often systemd restarted it by itself.
     *
     * @param times how often at least, once or more
     * @return this
     */
    public UnitAssert hasRestartedAtLeast(int times) {
        Arguments.number(
                "a number of restarts; whether there were none asks hasNotRestarted", times, 1, Integer.MAX_VALUE);
        return that(
                "have restarted at least " + times + " times",
                unit -> unit.restarts().orElse(-1) >= times);
    }

    /**
     * Verifies that it was started since, by whomever.
     *
     * @param time a moment by the guest's clock
     * @return this
     */
    public UnitAssert hasRestartedSince(Instant time) {
        Arguments.past(time);
        return that("have started since " + time, unit -> check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that it was started since, by whomever.
     *
     * @param mark from {@link Journal#mark()}
     * @return this
     */
    public UnitAssert hasRestartedSince(JournalMark mark) {
        Instant time = check.timeOf(mark);
        return that("have started since the mark", unit -> check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that nobody started it since.
     *
     * @param time a moment by the guest's clock
     * @return this
     */
    public UnitAssert hasNotRestartedSince(Instant time) {
        Arguments.past(time);
        return that("not have started since " + time, unit -> !check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that nobody started it since.
     *
     * @param mark from {@link Journal#mark()}
     * @return this
     */
    public UnitAssert hasNotRestartedSince(JournalMark mark) {
        Instant time = check.timeOf(mark);
        return that("not have started since the mark", unit -> !check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that it is active, and stays so for a time from now on, without a restart. Behind {@link StemcellAssert#within} it need not be
     * so from now on, but from some moment of that time.
     *
     * @param span how long
     * @return this
     */
    public UnitAssert isStableFor(Duration span) {
        new Stability(subject, check, Arguments.span(span)).check();
        return (UnitAssert) this;
    }

    /**
     * Verifies whose rights its main process has. A service of {@code Type=simple} counts as started a moment before its program runs, and
     * that moment belongs to root: start it as {@code Type=exec} (systemd.service(5)), or ask {@code within} a time.
     *
     * @param user the name of the user, who has to be in {@code /etc/passwd}
     * @return this
     */
    public UnitAssert runsAs(String user) {
        if (new UserAssert(subject.now(), user).isThere()) {
            new MainProcess(subject.stemcell()).check(check, user);
        }
        return (UnitAssert) this;
    }

    /**
     * Verifies how much memory it may use.
     *
     * @param bytes systemd's {@code MemoryMax=}, systemd.resource-control(5)
     * @return this
     */
    public UnitAssert hasMemoryMax(long bytes) {
        return limit("MemoryMax", Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE));
    }

    /**
     * Verifies how many processes and threads it may have.
     *
     * @param tasks systemd's {@code TasksMax=}, systemd.resource-control(5)
     * @return this
     */
    public UnitAssert hasTasksMax(long tasks) {
        return limit("TasksMax", Arguments.number("a number of tasks", tasks, 1, Long.MAX_VALUE));
    }

    private UnitAssert limit(String property, long limit) {
        return that(
                "have " + property + "=" + limit,
                unit -> unit.property(property)
                        .filter(String.valueOf(limit)::equals)
                        .isPresent(),
                unit -> UnitDetails.property(unit, property));
    }

    /** {@return this, where its memory is not limited by itself} */
    public UnitAssert hasNoMemoryMax() {
        return noLimit("MemoryMax");
    }

    /** {@return this, where the number of its processes and threads is not limited by itself} */
    public UnitAssert hasNoTasksMax() {
        return noLimit("TasksMax");
    }

    private UnitAssert noLimit(String property) {
        return that(
                "have no " + property,
                unit -> unit.property(property).filter("infinity"::equals).isPresent(),
                unit -> UnitDetails.property(unit, property));
    }

    /**
     * Verifies how much memory it uses, with what the kernel keeps of its files. Where systemd does not count it, for want of the controller
     * of memory or because the unit does not run, that fails.
     *
     * @param bytes the most that will do
     * @return this
     */
    public UnitAssert usesMemoryAtMost(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return usage("use at most " + bytes + " bytes of memory", Unit::memoryBytes, bytes, "MemoryCurrent");
    }

    /**
     * Verifies how many processes and threads it has. Where systemd does not count them, for want of the controller of pids or because the
     * unit does not run, that fails.
     *
     * @param tasks the most that will do
     * @return this
     */
    public UnitAssert hasTasksAtMost(long tasks) {
        Arguments.number("a number of tasks", tasks, 1, Long.MAX_VALUE);
        return usage("have at most " + tasks + " tasks", Unit::tasks, tasks, "TasksCurrent");
    }

    private UnitAssert usage(String wanted, Function<Unit, OptionalLong> usage, long most, String property) {
        return that(
                wanted,
                unit -> usage.apply(unit).isPresent() && usage.apply(unit).getAsLong() <= most,
                unit -> UnitDetails.property(unit, property));
    }

    /**
     * Verifies that the kernel has killed none of its processes for want of memory: neither in its last run as systemd saw it, nor in its
     * control group, which lives as long as it runs.
     *
     * @return this
     */
    public UnitAssert hasNoOomKills() {
        return that(
                "have no OOM kills",
                unit -> !unit.result().filter("oom-kill"::equals).isPresent()
                        && OomKills.of(subject.stemcell(), unit) == 0,
                unit -> "  OOM kills: " + OomKills.of(subject.stemcell(), unit) + "\n");
    }

    /**
     * Verifies the order in which units became active last: mostly in this boot. Both have to have been active, by the guest's own clock.
     *
     * @param other the unit that did so before this one began to start
     * @return this
     */
    public UnitAssert hasStartedAfter(String other) {
        Arguments.unit(other);
        return that(
                "have started after " + other,
                unit -> unit.inactiveExit()
                        .filter(start -> activeEnter(other)
                                .filter(end -> !end.isAfter(start))
                                .isPresent())
                        .isPresent(),
                unit -> "  began to start: " + words(unit.inactiveExit()) + "\n  " + other + " became active: "
                        + words(activeEnter(other)) + "\n");
    }

    private Optional<Instant> activeEnter(String other) {
        return check.systemd().unit(other).activeEnter();
    }

    private static String words(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("never");
    }
}
