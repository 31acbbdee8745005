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
     * Verifies that the last run of the unit ended with a result.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasResult("success"); // passes
     * assertThat(stemcell).unit("cron").hasResult("exit-code"); // fails
     * }</pre>
     *
     * @param result systemd's word, as {@code success}, {@code exit-code} or {@code timeout}
     * @return this assertion object
     */
    public UnitAssert hasResult(String result) {
        return that(Ending.result(result));
    }

    /**
     * Verifies that the main process of the unit ended with an exit code.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=says-three", "--wait", "sh", "-c", "exit 3");
     * assertThat(stemcell).unit("says-three").hasExited(3); // passes
     * assertThat(stemcell).unit("says-three").hasExited(0); // fails
     * stemcell.systemd().resetFailed("says-three");
     * }</pre>
     *
     * @param code the exit code, 0 to 255
     * @return this assertion object
     */
    public UnitAssert hasExited(int code) {
        return that(Ending.exit(code));
    }

    /**
     * Verifies that the main process of the unit was ended by a signal.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=victim", "sleep", "infinity");
     * stemcell.systemd().kill("victim", 9);
     * assertThat(stemcell).within(ofSeconds(30)).unit("victim").wasKilledBy(9); // passes
     * assertThat(stemcell).unit("victim").wasKilledBy(15); // fails
     * stemcell.systemd().resetFailed("victim");
     * }</pre>
     *
     * @param signal the number of the signal, 1 to 64
     * @return this assertion object
     */
    public UnitAssert wasKilledBy(int signal) {
        return that(Ending.kill(signal));
    }

    private UnitAssert that(Ending ending) {
        return that(ending.wanted(), ending.holds());
    }

    /**
     * Verifies that systemd never restarted the unit by itself.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasNotRestarted(); // passes
     * stemcell.exec("systemd-run", "--unit=stumbles", "--property=Restart=on-failure", "sh", "-c", "mkdir /run/here && exit 1; sleep 1d");
     * assertThat(stemcell).within(ofSeconds(30)).unit("stumbles").hasRestartedAtLeast(1);
     * assertThat(stemcell).unit("stumbles").hasNotRestarted(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert hasNotRestarted() {
        return that("not have restarted", unit -> unit.restarts().orElse(-1) == 0, UnitDetails::restarts);
    }

    /**
     * Verifies that systemd restarted the unit by itself so often, or more often.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=trips", "--property=Restart=on-failure", "sh", "-c", "mkdir /run/there && exit 1; sleep 1d");
     * assertThat(stemcell).within(ofSeconds(30)).unit("trips").hasRestartedAtLeast(1); // passes
     * assertThat(stemcell).unit("cron").hasRestartedAtLeast(1); // fails
     * }</pre>
     *
     * @param times how often at least, once or more
     * @return this assertion object
     */
    public UnitAssert hasRestartedAtLeast(int times) {
        Arguments.number(
                "a number of restarts; whether there were none asks hasNotRestarted", times, 1, Integer.MAX_VALUE);
        return that(
                "have restarted at least " + times + " times",
                unit -> unit.restarts().orElse(-1) >= times,
                UnitDetails::restarts);
    }

    /**
     * Verifies that the unit was started since a moment, by whomever, be it that the start failed.
     *
     * <pre>{@code
     * Instant time = Instant.now();
     * stemcell.systemd().restart("cron");
     * assertThat(stemcell).unit("cron").hasRestartedSince(time); // passes
     * assertThat(stemcell).unit("dbus").hasRestartedSince(time); // fails
     * }</pre>
     *
     * @param time a moment by the guest's clock
     * @return this assertion object
     */
    public UnitAssert hasRestartedSince(Instant time) {
        Arguments.past(time);
        return that("have started since " + time, unit -> check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that the unit was started since a moment, by whomever, be it that the start failed.
     *
     * <pre>{@code
     * JournalMark mark = stemcell.journal().mark();
     * stemcell.systemd().restart("cron");
     * assertThat(stemcell).unit("cron").hasRestartedSince(mark); // passes
     * assertThat(stemcell).unit("dbus").hasRestartedSince(mark); // fails
     * }</pre>
     *
     * @param mark from {@link Journal#mark()}
     * @return this assertion object
     */
    public UnitAssert hasRestartedSince(JournalMark mark) {
        Instant time = check.timeOf(mark);
        return that("have started since the mark", unit -> check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that nobody started the unit since a moment, nor tried to and failed.
     *
     * <pre>{@code
     * Instant time = Instant.now();
     * stemcell.systemd().restart("cron");
     * assertThat(stemcell).unit("dbus").hasNotRestartedSince(time); // passes
     * assertThat(stemcell).unit("cron").hasNotRestartedSince(time); // fails
     * }</pre>
     *
     * @param time a moment by the guest's clock
     * @return this assertion object
     */
    public UnitAssert hasNotRestartedSince(Instant time) {
        Arguments.past(time);
        return that("not have started since " + time, unit -> !check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that nobody started the unit since a moment, nor tried to and failed.
     *
     * <pre>{@code
     * JournalMark mark = stemcell.journal().mark();
     * stemcell.systemd().restart("cron");
     * assertThat(stemcell).unit("dbus").hasNotRestartedSince(mark); // passes
     * assertThat(stemcell).unit("cron").hasNotRestartedSince(mark); // fails
     * }</pre>
     *
     * @param mark from {@link Journal#mark()}
     * @return this assertion object
     */
    public UnitAssert hasNotRestartedSince(JournalMark mark) {
        Instant time = check.timeOf(mark);
        return that("not have started since the mark", unit -> !check.hasStartedSince(unit, time), UnitDetails::start);
    }

    /**
     * Verifies that the unit is active, and stays so for a time from now on, without a restart. Behind {@link StemcellAssert#within} it
     * need not be so from now on, but from some moment of that time.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").isStableFor(ofMillis(500)); // passes
     * assertThat(stemcell).unit("debug-shell").isStableFor(ofMillis(500)); // fails
     * }</pre>
     *
     * @param span how long
     * @return this assertion object
     */
    public UnitAssert isStableFor(Duration span) {
        new Stability(subject, check, Arguments.span(span)).check();
        return (UnitAssert) this;
    }

    /**
     * Verifies that the main process of the unit has the rights of a user. A service of {@code Type=simple} counts as started a moment
     * before its program runs, and that moment belongs to root: start it as {@code Type=exec} (systemd.service(5)), or ask {@code within} a
     * time.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").runsAs("root"); // passes
     * assertThat(stemcell).unit("cron").runsAs("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to be in {@code /etc/passwd}
     * @return this assertion object
     */
    public UnitAssert runsAs(String user) {
        if (new UserAssert(subject.now(), user).isThere()) {
            new MainProcess(subject.stemcell()).check(check, user);
        }
        return (UnitAssert) this;
    }

    /**
     * Verifies that the unit may use so much memory, and no more.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=modest", "--property=MemoryMax=64M", "sleep", "infinity");
     * assertThat(stemcell).unit("modest").hasMemoryMax(64 << 20); // passes
     * assertThat(stemcell).unit("cron").hasMemoryMax(64 << 20); // fails
     * }</pre>
     *
     * @param bytes systemd's {@code MemoryMax=}, systemd.resource-control(5)
     * @return this assertion object
     */
    public UnitAssert hasMemoryMax(long bytes) {
        return limit("MemoryMax", Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE));
    }

    /**
     * Verifies that the unit may have so many processes and threads, and no more.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=lonely", "--property=TasksMax=70", "sleep", "infinity");
     * assertThat(stemcell).unit("lonely").hasTasksMax(70); // passes
     * assertThat(stemcell).unit("lonely").hasTasksMax(7); // fails
     * }</pre>
     *
     * @param tasks systemd's {@code TasksMax=}, systemd.resource-control(5)
     * @return this assertion object
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

    /**
     * Verifies that the memory of the unit is not limited by itself.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasNoMemoryMax(); // passes
     * stemcell.exec("systemd-run", "--unit=frugal", "--property=MemoryMax=64M", "sleep", "infinity");
     * assertThat(stemcell).unit("frugal").hasNoMemoryMax(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert hasNoMemoryMax() {
        return noLimit("MemoryMax");
    }

    /**
     * Verifies that the number of the unit's processes and threads is not limited by itself.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=fruitful", "--property=TasksMax=infinity", "sleep", "infinity");
     * assertThat(stemcell).unit("fruitful").hasNoTasksMax(); // passes
     * assertThat(stemcell).unit("cron").hasNoTasksMax(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
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
     * Verifies that the unit uses no more than so much memory, with what the kernel keeps of its files. Where systemd does not count it,
     * for want of the controller of memory or because the unit does not run, that fails.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").usesMemoryAtMost(100 << 20); // passes with the controller of memory
     * assertThat(stemcell).unit("cron").usesMemoryAtMost(1); // fails
     * }</pre>
     *
     * @param bytes the most that will do
     * @return this assertion object
     */
    public UnitAssert usesMemoryAtMost(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return usage("use at most " + bytes + " bytes of memory", Unit::memoryBytes, bytes, "MemoryCurrent");
    }

    /**
     * Verifies that the unit has no more than so many processes and threads. Where systemd does not count them, for want of the controller
     * of pids or because the unit does not run, that fails.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasTasksAtMost(10); // passes with the controller of pids
     * assertThat(stemcell).unit("debug-shell").hasTasksAtMost(10); // fails
     * }</pre>
     *
     * @param tasks the most that will do
     * @return this assertion object
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
     * Verifies that the kernel has killed none of the unit's processes for want of memory: neither in its last run as systemd saw it, nor
     * in its control group, which lives as long as it runs.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasNoOomKills(); // passes with the controller of memory
     * assertThat(stemcell).unit("no-such.service").hasNoOomKills(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert hasNoOomKills() {
        return that(
                "have no OOM kills",
                unit -> !unit.result().filter("oom-kill"::equals).isPresent()
                        && OomKills.of(subject.stemcell(), unit) == 0,
                unit -> "  OOM kills: " + OomKills.of(subject.stemcell(), unit) + "\n");
    }

    /**
     * Verifies that the unit began to start after another one had become active, each of them the last time: mostly in this boot. Both have
     * to have been active, by the guest's own clock.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasStartedAfter("basic.target"); // passes
     * assertThat(stemcell).unit("basic.target").hasStartedAfter("cron"); // fails
     * }</pre>
     *
     * @param other the unit that did so before this one began to start
     * @return this assertion object
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
