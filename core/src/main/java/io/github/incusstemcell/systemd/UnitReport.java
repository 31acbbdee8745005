package io.github.incusstemcell.systemd;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What one wants to see of a unit that is not as it should be. */
final class UnitReport {

    private static final int JOURNAL_LINES = 20;
    private static final Duration JOURNAL_ANSWER = Duration.ofSeconds(10);

    private UnitReport() {}

    /** What cannot be found out is said in its place: why the unit is asked about counts more. */
    static String of(Unit unit, Supplier<List<Job>> jobs, InvocationJournal journal) {
        String file = unit.fragmentPath().orElse("none");
        String lines = unit.invocationId().isPresent()
                ? found("  journal of this invocation: ", () -> journal(journal.of(unit, JOURNAL_ANSWER)))
                : "  journal of this invocation: it has not run, as far as systemd remembers";
        if (unit.loadState() == LoadState.BAD_SETTING) {
            lines = found("  journal: ", () -> journal("journal", journal.about(unit, JOURNAL_ANSWER)));
        }
        return "  unit file: " + file + " (" + unit.unitFileState() + ", NeedDaemonReload="
                + (unit.needsDaemonReload() ? "yes" : "no") + ")\n"
                + found("  queued jobs: ", () -> "  queued jobs: " + queued(unit, jobs.get())) + "\n" + lines;
    }

    private static String queued(Unit unit, List<Job> jobs) {
        String queued = jobs.stream()
                .filter(job -> job.unit().equals(unit.name()))
                .map(Job::toString)
                .collect(Collectors.joining(", "));
        return queued.isEmpty() ? "none" : queued;
    }

    private static String found(String what, Supplier<String> finding) {
        try {
            return finding.get();
        } catch (IncusStemcellException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return what + "not known: " + e.getMessage();
        }
    }

    static String journal(List<JournalEntry> entries) {
        return journal("journal of this invocation", entries);
    }

    private static String journal(String title, List<JournalEntry> entries) {
        List<JournalEntry> last = entries.subList(Math.max(0, entries.size() - JOURNAL_LINES), entries.size());
        return last.isEmpty()
                ? "  " + title + ": empty"
                : "  " + title + " (last " + last.size() + " lines):\n"
                        + last.stream().map(entry -> "    " + entry).collect(Collectors.joining("\n"));
    }
}
