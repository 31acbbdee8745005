package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.JournalQuery;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitSighting;
import io.github.incusstemcell.systemd.UnitSummary;
import io.github.incusstemcell.systemd.UnitWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads a unit, or watches it, until a check is decided.
 *
 * @param systemd the manager that has it
 * @param user whose manager that is; empty for the system's
 */
record UnitCheck(Subject subject, String name, Systemd systemd, String user) {

    /** By what systemd marks that it starts a unit, and that it has started one: sd-messages(3), UNIT_STARTING and UNIT_STARTED. */
    private static final Set<String> STARTS =
            Set.of("7d4958e842da4a758f6c1cdc7b36dcc5", "39f53479d3a045ac8e11786248231fbf");

    static UnitCheck ofSystem(Subject subject, String name) {
        return new UnitCheck(subject, Arguments.unit(name), subject.systemd(), "");
    }

    static boolean isActive(Unit unit) {
        return Set.of(ActiveState.ACTIVE, ActiveState.RELOADING, ActiveState.REFRESHING)
                .contains(unit.activeState());
    }

    /**
     * Whether it failed for good. Of a unit that it is about to restart systemd says failed for a moment, since 254 with a sub state of its
     * own; before that only what it says next tells.
     */
    boolean hasFailed(Unit unit) {
        boolean restarts =
                unit.property("Restart").filter(when -> !when.equals("no")).isPresent();
        return isFailed(unit) && (!restarts || isFailed(systemd.unit(name)));
    }

    private static boolean isFailed(Unit unit) {
        return unit.activeState() == ActiveState.FAILED && !unit.subState().endsWith("auto-restart");
    }

    /** Whether it failed, or nothing can start it, so that it does not come to anything by itself. */
    boolean cannotStart(Unit unit) {
        return unit.loadState() != LoadState.LOADED || hasFailed(unit);
    }

    /**
     * {@link UnitDetails#started} tells it. Of one that systemd has forgotten, as it does with
     * a oneshot that has ended well and that nothing needs, the journal does.
     */
    boolean hasStartedSince(Unit unit, Instant time) {
        Optional<Instant> start = UnitDetails.started(unit);
        return start.isPresent() ? start.get().isAfter(time) : isStartInJournal(unit, time);
    }

    private boolean isStartInJournal(Unit unit, Instant time) {
        return subject
                .stemcell()
                .journal()
                .entries(JournalQuery.all().identifier("systemd").since(time))
                .stream()
                .filter(entry -> entry.time().isAfter(time))
                .filter(entry ->
                        entry.field("MESSAGE_ID").filter(STARTS::contains).isPresent())
                .filter(entry -> entry.field(isUsers() ? "USER_UNIT" : "UNIT")
                        .filter(unit.name()::equals)
                        .isPresent())
                .anyMatch(this::isOfManager);
    }

    /** Managers of other users may have units of the same name. */
    private boolean isOfManager(JournalEntry entry) {
        return !isUsers()
                || entry.field("_UID").filter(String.valueOf(uid())::equals).isPresent();
    }

    private long uid() {
        return Accounts.of(subject.stemcell()).requireUser(subject.name(), user);
    }

    /** Before everything where the journal had nothing yet. */
    Instant timeOf(JournalMark mark) {
        return subject.stemcell()
                .journal()
                .timeOf(Objects.requireNonNull(mark, "mark"))
                .orElse(Instant.EPOCH);
    }

    /** Whether it is about a unit of a user's service manager. */
    boolean isUsers() {
        return !user.isEmpty();
    }

    /** How messages name a manager that is not the system's, behind a unit. */
    private String manager() {
        return isUsers() ? " of user " + user : "";
    }

    /** A command of systemd-analyze(1) about units of this manager. */
    Command analyze(String... arguments) {
        List<String> argv =
                new ArrayList<>(isUsers() ? List.of("systemd-analyze", "--user") : List.of("systemd-analyze"));
        argv.addAll(List.of(arguments));
        Command command = Command.of(argv).environment("LC_ALL", "C");
        return isUsers() ? command.user(user).environment("XDG_RUNTIME_DIR", "/run/user/" + uid()) : command;
    }

    Optional<Unit> holds(String wanted, Predicate<Unit> holds) {
        return holds(wanted, holds, unit -> "");
    }

    /** Verifies a unit, which has to exist, and shows more of it than what is always shown. */
    Optional<Unit> holds(String wanted, Predicate<Unit> holds, Function<Unit, String> details) {
        return holds(wanted, holds, unit -> false, details);
    }

    /**
     * Verifies a unit, which has to exist.
     *
     * @param wanted what it should do, behind "to"
     * @param hopeless whether it is in a state in which waiting is of no use
     * @param details what a message needs to show besides what it always shows: whole lines, or nothing
     * @return the unit as it was when that was decided, where the check holds
     */
    Optional<Unit> holds(
            String wanted, Predicate<Unit> holds, Predicate<Unit> hopeless, Function<Unit, String> details) {
        return decide(
                wanted,
                unit -> unit.exists() && holds.test(unit),
                unit -> !unit.exists() || hopeless.test(unit),
                details);
    }

    /** Verifies that there is such a unit; unlike all other checks, this one is not over where there is none yet. */
    void isThere(String wanted, Predicate<Unit> holds) {
        decide(wanted, unit -> unit.exists() && holds.test(unit), unit -> false, unit -> "");
    }

    void isAbsent() {
        decide("not exist", unit -> unit.loadState() == LoadState.NOT_FOUND, unit -> false, unit -> "");
    }

    private Optional<Unit> decide(
            String wanted, Predicate<Unit> good, Predicate<Unit> hopeless, Function<Unit, String> details) {
        if (subject.timing().mode() == Timing.Mode.NOW) {
            Unit unit = systemd.unit(name);
            if (good.test(unit)) {
                return Optional.of(unit);
            }
            return failed(wanted, "", unit, "", details);
        }
        long start = System.nanoTime();
        boolean always = subject.timing().mode() == Timing.Mode.ALWAYS;
        AtomicBoolean held = new AtomicBoolean();
        Predicate<Unit> holds = unit -> {
            held.set(good.test(unit)); // once for each state, since it may ask of more than that
            return held.get();
        };
        try (UnitWatch watch = systemd.watch(name)) {
            watch.await(
                    always ? holds.negate() : holds.or(hopeless),
                    subject.timing().span());
            if (held.get() && !(always && watch.mayHaveMissed())) {
                return Optional.of(watch.current());
            }
            return failed(wanted, watch, Duration.ofNanos(System.nanoTime() - start), details);
        }
    }

    /** Tells the failure of a watch, and returns nothing. */
    Optional<Unit> failed(String wanted, UnitWatch watch, Duration waited, Function<Unit, String> details) {
        String states = "  states seen: "
                + Observation.shown(
                        watch.seen().stream().map(UnitSighting::toString).toList())
                + (watch.mayHaveMissed() ? "; the connection broke meanwhile, and there may have been others" : "")
                + "\n";
        return failed(wanted, " (waited " + DurationText.of(waited) + ")", watch.current(), states, details);
    }

    private Optional<Unit> failed(
            String wanted, String waiting, Unit unit, String states, Function<Unit, String> details) {
        String message = "Expecting unit " + unit.name() + manager() + " on " + subject.name() + " to " + wanted
                + subject.timing().words() + waiting + "\n";
        if (unit.exists()) {
            subject.fail(message + "  but was: " + unit + "\n" + details.apply(unit) + states
                    + patient(systemd).report(unit));
        } else {
            subject.fail(message + "  but there is no such unit; the closest names: "
                    + NearMisses.text(unit.name(), names()));
        }
        return Optional.empty();
    }

    /** For what is asked once an assertion has failed, which is to be told however little time that had. */
    static Systemd patient(Systemd systemd) {
        return systemd.answeringWithin(Timing.MOST);
    }

    private Set<String> names() {
        Systemd patient = patient(systemd);
        Set<String> names = new HashSet<>(patient.unitFiles().keySet());
        patient.units().stream()
                .filter(unit -> unit.loadState() == LoadState.LOADED)
                .map(UnitSummary::name)
                .forEach(names::add);
        return names;
    }
}
