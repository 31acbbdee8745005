package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.TimerUnit;
import io.github.incusstemcell.systemd.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractInstantAssert;
import org.assertj.core.api.InstantAssert;

/**
 * Assertions on when one timer runs. A timer that does not exist, or cannot be loaded, fails all of them; all else of it asks {@link
 * UnitAssert}. Times are by the guest's clock. {@link #satisfies} is given the {@link TimerUnit}.
 */
public final class TimerAssert extends GuestObjectAssert<TimerAssert, TimerUnit> {

    private final String name;

    TimerAssert(Subject subject, String name) {
        this(subject, timer(name), subject.systemd());
    }

    private TimerAssert(Subject subject, String name, Systemd systemd) {
        super(new Presence<>(
                subject,
                "timer " + name,
                seen -> seen.watching(systemd, name, unit -> Sight.of(systemd, unit)),
                Sight::timer,
                TimerAssert::words,
                sight -> sight.unit().exists()
                        ? "was: " + sight.unit()
                                + sight.unit().loadError().map(": "::concat).orElse("")
                        : "there is no such timer; the closest names: "
                                + NearMisses.text(name, timers(UnitCheck.patient(systemd))),
                TimerAssert::words));
        this.name = name;
    }

    private static String timer(String name) {
        if (!Arguments.unit(name).endsWith(".timer")) {
            throw new IllegalArgumentException("Not the full name of a timer, as logrotate.timer: '" + name + "'");
        }
        return name;
    }

    private static List<String> timers(Systemd systemd) {
        return systemd.unitFiles().keySet().stream()
                .filter(file -> file.endsWith(".timer"))
                .toList();
    }

    /** A unit, and the timer that it is where it was loaded. */
    private record Sight(Unit unit, Optional<TimerUnit> timer) {

        static Sight of(Systemd systemd, Unit unit) {
            boolean isLoaded = unit.loadState() == LoadState.LOADED;
            return new Sight(unit, isLoaded ? Optional.of(systemd.timer(unit)) : Optional.empty());
        }
    }

    private static String words(TimerUnit timer) {
        String none = timer.isWaiting() ? "not before " + timer.activates() + " has ended" : "never";
        return "next run " + timer.next().map(Instant::toString).orElse(none) + ", last run "
                + timer.last().map(Instant::toString).orElseGet(() -> lastByStamp(timer)) + ", of " + timer.activates();
    }

    private static String lastByStamp(TimerUnit timer) {
        return timer.stamp()
                .map(time -> "not since the boot, and its stamp file is of " + time
                        + ", when it ran before that or was started for the first time")
                .orElse("never");
    }

    /**
     * Verifies that the timer will run.
     *
     * <pre>{@code
     * assertThat(stemcell).timer("logrotate.timer").isScheduled(); // passes
     * assertThat(stemcell).timer("fstrim.timer").isScheduled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public TimerAssert isScheduled() {
        return that("be scheduled", timer -> timer.next().isPresent());
    }

    /**
     * Verifies that the timer is there and will not run, as one that is not active. While what it starts runs, it is not decided yet
     * whether and when it will run again: then this fails, as {@link #isScheduled} does.
     *
     * <pre>{@code
     * assertThat(stemcell).timer("fstrim.timer").isNotScheduled(); // passes
     * assertThat(stemcell).timer("logrotate.timer").isNotScheduled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public TimerAssert isNotScheduled() {
        return that("not be scheduled", timer -> timer.next().isEmpty() && !timer.isWaiting());
    }

    /**
     * Verifies that the timer will run soon.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=later", "--on-active=1h", "true");
     * assertThat(stemcell).timer("later.timer").runsNextWithin(ofHours(2)); // passes
     * assertThat(stemcell).timer("later.timer").runsNextWithin(ofMinutes(1)); // fails
     * }</pre>
     *
     * @param span the longest time from now until its next run
     * @return this assertion object
     */
    public TimerAssert runsNextWithin(Duration span) {
        Arguments.span(span);
        return that("run next within " + DurationText.of(span), timer -> timer.next()
                .filter(next -> !next.isAfter(guestTime().plus(span)))
                .isPresent());
    }

    private Instant guestTime() {
        String seconds = subject.stemcell()
                .inspect(Command.of("date", "+%s"))
                .requireSuccess()
                .stdout()
                .strip();
        return GuestLine.read(
                "seconds of date on " + subject.name(), seconds, text -> Instant.ofEpochSecond(Long.parseLong(text)));
    }

    /**
     * Verifies that the timer has run since a moment, and since the guest booted: of earlier runs systemd has only the time of a stamp
     * file, which it also makes when a timer with {@code Persistent=} is started for the first time.
     *
     * <pre>{@code
     * Instant start = Instant.now();
     * stemcell.systemd().writeUnit("tick.service", "[Service]\nExecStart=/bin/true\n");
     * stemcell.systemd().writeUnit("tick.timer", "[Timer]\nOnActiveSec=0\nAccuracySec=1us\n");
     * stemcell.systemd().start("tick.timer");
     * assertThat(stemcell).within(ofSeconds(30)).timer("tick.timer").hasRunSince(start); // passes
     * assertThat(stemcell).timer("fstrim.timer").hasRunSince(start); // fails
     * }</pre>
     *
     * @param time the moment
     * @return this assertion object
     */
    public TimerAssert hasRunSince(Instant time) {
        Arguments.past(time);
        return that(
                "have run since " + time,
                timer -> timer.last().filter(last -> !last.isBefore(time)).isPresent());
    }

    /**
     * Verifies that the timer never ran, as far as systemd remembers. Where it has only the time of a stamp file, this fails: see {@link
     * #hasRunSince}.
     *
     * <pre>{@code
     * stemcell.systemd().writeUnit("tock.service", "[Service]\nExecStart=/bin/true\n");
     * stemcell.systemd().writeUnit("tock.timer", "[Timer]\nOnActiveSec=0\nAccuracySec=1us\n");
     * assertThat(stemcell).timer("tock.timer").hasNeverRun(); // passes
     * stemcell.systemd().start("tock.timer");
     * assertThat(stemcell).within(ofSeconds(30)).timer("tock.timer").hasRunSince(Instant.EPOCH);
     * assertThat(stemcell).timer("tock.timer").hasNeverRun(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public TimerAssert hasNeverRun() {
        return that(
                "have never run",
                timer -> timer.last().isEmpty() && timer.stamp().isEmpty());
    }

    /**
     * Verifies that the timer starts a unit.
     *
     * <pre>{@code
     * assertThat(stemcell).timer("logrotate.timer").activates("logrotate.service"); // passes
     * assertThat(stemcell).timer("logrotate.timer").activates("cron.service"); // fails
     * }</pre>
     *
     * @param unit the full name of the unit, which may be an alias
     * @return this assertion object
     */
    public TimerAssert activates(String unit) {
        Arguments.unit(unit);
        return that(
                "activate " + unit,
                timer -> timer.activates().equals(unit)
                        || timer.activates().equals(subject.systemd().unit(unit).name()));
    }

    /**
     * Goes on with the time of the next run in plain AssertJ; there has to be one.
     *
     * @return assertions on it
     */
    public AbstractInstantAssert<?> nextRun() {
        return instant(
                () -> presence.holds("be scheduled", timer -> timer.next().isPresent())
                        .flatMap(TimerUnit::next),
                "next run of ");
    }

    /**
     * Goes on with the time of the last run in plain AssertJ; there has to be one since the guest booted.
     *
     * @return assertions on it
     */
    public AbstractInstantAssert<?> lastRun() {
        return instant(
                () -> presence.holds("have run", timer -> timer.last().isPresent())
                        .flatMap(TimerUnit::last),
                "last run of ");
    }

    private AbstractInstantAssert<?> instant(Supplier<Optional<Instant>> time, String said) {
        return subject.plain(
                InstantAssert.class, Instant.class, InstantAssert::new, time, Function.identity(), said + name);
    }
}
