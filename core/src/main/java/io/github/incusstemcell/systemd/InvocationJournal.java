package io.github.incusstemcell.systemd;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the last run of a unit wrote, and what systemd wrote of it.
 *
 * <p>journald learns the invocation of a process from the running system. Of one that has ended by the time at which
 * journald comes to its last lines it knows the unit only; and for the units of users it names the invocation of their
 * manager. So what is without an invocation counts, too, where it is of this unit and of this time. Lines of a user's unit
 * whose process ended at once belong to no unit at all, and are missing.
 */
record InvocationJournal(Journal journal, Scope scope) {

    /** systemd says "Starting..." a moment before it notes the start. */
    private static final Duration BEFORE_START = Duration.ofSeconds(1);

    private static final int LAST = 5;

    /** {@return the entries, from the oldest on; none where it never ran} */
    List<JournalEntry> of(Unit unit) {
        return of(unit, Journal.ANSWER);
    }

    /** {@return the last entries of a unit, whatever its runs: of one that has none they say what is wrong with its file} */
    List<JournalEntry> about(Unit unit, Duration answer) {
        return journal.entries(scope.journalOf(unit.name()).last(LAST), answer);
    }

    /** The same for those who have only so much time. */
    List<JournalEntry> of(Unit unit, Duration answer) {
        Optional<String> id = unit.invocationId();
        // A socket that cannot be opened fails without ever having left the state inactive.
        Optional<Instant> start = unit.inactiveExit().or(unit::stateChanged);
        if (id.isEmpty() || start.isEmpty()) {
            return List.of();
        }
        JournalQuery query = scope.journalOf(unit.name()).since(start.get().minus(BEFORE_START));
        return journal.entries(query, answer).stream()
                .filter(entry -> scope.invocationOf(entry).map(id.get()::equals).orElseGet(() -> !entry.time()
                        .isBefore(start.get())))
                .toList();
    }
}
