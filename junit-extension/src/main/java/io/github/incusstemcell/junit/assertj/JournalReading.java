package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalFollower;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.JournalQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a part of a journal, or follows it from there on, until a check is decided. */
record JournalReading(StemcellContainer stemcell, JournalQuery query) {

    /** What the follower hands over: an entry, or why there will be no more. */
    private record Event(
            @Nullable JournalEntry entry, @Nullable Throwable end) {}

    private Journal journal() {
        return stemcell.journal();
    }

    Observation<List<JournalEntry>> observe(Timing timing, Predicate<List<JournalEntry>> holds) {
        Observation<List<JournalEntry>> observation =
                new Observation<>(timing, holds, entries -> entries.size() + " entries");
        if (timing.mode() == Timing.Mode.NOW) {
            observation.see(journal().entries(query));
            return observation;
        }
        JournalMark mark = journal().mark();
        observation.see(journal().entries(query));
        if (!observation.isDecided()) {
            follow(mark, observation);
        }
        return observation;
    }

    /** What was written since the mark may have been read already. */
    private void follow(JournalMark mark, Observation<List<JournalEntry>> observation) {
        Map<String, JournalEntry> entries = new LinkedHashMap<>();
        observation.last().forEach(entry -> entries.put(entry.cursor(), entry));
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        try (JournalFollower follower =
                journal().follow(query.after(mark), entry -> events.add(new Event(entry, null)))) {
            follower.onFailure(reason -> events.add(new Event(null, reason)));
            while (!observation.isDecided()) {
                Event event = events.poll(observation.left().toNanos(), TimeUnit.NANOSECONDS);
                if (event == null) {
                    continue;
                }
                if (event.end() != null) {
                    throw new IncusStemcellException(
                            "Following the journal of " + stemcell.name() + " broke off: "
                                    + event.end().getMessage(),
                            event.end());
                }
                JournalEntry entry = event.entry();
                if (entry != null && entries.putIfAbsent(entry.cursor(), entry) == null) {
                    observation.see(List.copyOf(entries.values()));
                }
            }
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for the journal of " + stemcell.name(), e);
        }
    }

    boolean hasEntryOf(String identifier) {
        return !journal()
                .entries(JournalQuery.all().identifier(identifier).last(1))
                .isEmpty();
    }

    boolean isJournalEmpty() {
        return journal().mark().cursor().isEmpty();
    }
}
