package io.github.incusstemcell.systemd;

import java.util.List;
import java.util.stream.Collectors;

/** What one wants to see of a unit that is not as it should be. */
final class UnitReport {

    private static final int JOURNAL_LINES = 20;

    private UnitReport() {}

    static String of(Unit unit, List<Job> jobs, InvocationJournal journal) {
        List<String> queued = jobs.stream()
                .filter(job -> job.unit().equals(unit.name()))
                .map(Job::toString)
                .toList();
        String file = unit.fragmentPath().orElse("none");
        String lines = unit.invocationId().isPresent()
                ? journal(journal.of(unit))
                : "  journal of this invocation: it has not run, as far as systemd remembers";
        return "  unit file: " + file + " (" + unit.unitFileState() + ", NeedDaemonReload="
                + (unit.needsDaemonReload() ? "yes" : "no") + ")\n"
                + "  queued jobs: " + (queued.isEmpty() ? "none" : String.join(", ", queued)) + "\n" + lines;
    }

    static String journal(List<JournalEntry> entries) {
        List<JournalEntry> last = entries.subList(Math.max(0, entries.size() - JOURNAL_LINES), entries.size());
        return last.isEmpty()
                ? "  journal of this invocation: empty"
                : "  journal of this invocation (last " + last.size() + " lines):\n"
                        + last.stream().map(entry -> "    " + entry).collect(Collectors.joining("\n"));
    }
}
