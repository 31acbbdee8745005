package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;
import java.util.function.Function;

/** Runs units from their start to their end. */
record UnitRuns(ServiceManager manager, Duration answer, InvocationJournal journal, String guest) {

    /**
     * Starts a unit and waits for its end. Watches it from before the start, because systemd forgets a unit that has ended
     * well and that nothing needs.
     *
     * @param start runs the start job, in at most the given time, and says how that ended
     */
    UnitRun run(String name, Function<Duration, String> start, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try (UnitWatch watch = new UnitWatch(manager, guest, name, answer)) {
            String job = start.apply(deadline.left());
            watch.catchUp();
            Unit unit = watch.await(UnitRuns::hasEnded, deadline.left())
                    .orElseThrow(() -> new UnitFailedException(
                            "The run of " + name + " on " + guest + " was not over within " + DurationText.of(timeout)
                                    + ": it is " + watch.current() + ", and was seen " + watch.seen(),
                            watch.current()));
            return new UnitRun(unit, job, journal.of(unit));
        }
    }

    private static boolean hasEnded(Unit unit) {
        return switch (unit.activeState()) {
            case INACTIVE, FAILED -> true;
            case ACTIVE -> unit.subState().equals("exited");
            default -> false;
        };
    }
}
