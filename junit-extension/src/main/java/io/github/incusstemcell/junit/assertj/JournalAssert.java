package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.JournalQuery;
import io.github.incusstemcell.systemd.Priority;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Assertions on the journal, or on a part of it. A journal that cannot be read fails all of them. */
public final class JournalAssert {

    private static final int LINES_SHOWN = 20;

    private final Subject subject;
    private final Journal journal;
    private final JournalQuery query;
    private final String part;

    JournalAssert(Subject subject) {
        this(subject, JournalQuery.all(), "the journal of " + subject.name());
    }

    private JournalAssert(Subject subject, JournalQuery query, String part) {
        this.subject = subject;
        this.journal = subject.stemcell().journal();
        this.query = query;
        this.part = part;
    }

    /**
     * Narrows down to a unit, which has to exist.
     *
     * @param unit the unit's name; not null
     * @return assertions on its part of the journal
     */
    public JournalAssert ofUnit(String unit) {
        new UnitCheck(subject.now(), unit).holds("exist", now -> true, now -> false);
        return new JournalAssert(subject, query.unit(unit), part + ", unit " + unit);
    }

    /**
     * Narrows down to what came after a mark.
     *
     * @param mark from {@link Journal#mark()}; not null
     * @return assertions on that part of the journal
     */
    public JournalAssert since(JournalMark mark) {
        return new JournalAssert(subject, query.after(mark), part + ", since the mark");
    }

    /**
     * Checks that a message contains a text.
     *
     * @param text the text; not empty, because every message contains that
     * @return this
     */
    public JournalAssert contains(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("Every message contains the empty text");
        }
        return holds("contain \"" + text + "\"", entries -> entries.stream()
                .anyMatch(entry -> entry.message().contains(text)));
    }

    /**
     * Checks that a pattern is found in a message.
     *
     * @param pattern the pattern; not null
     * @return this
     */
    public JournalAssert matches(Pattern pattern) {
        Objects.requireNonNull(pattern, "pattern");
        return holds("have a match for " + pattern, entries -> entries.stream()
                .anyMatch(entry -> pattern.matcher(entry.message()).find()));
    }

    /**
     * Checks that messages contain texts, in this order, whatever is between them.
     *
     * @param texts the texts; not null
     * @return this
     */
    public JournalAssert containsInOrder(String... texts) {
        return holds("contain in this order " + List.of(texts), entries -> {
            int found = 0;
            for (JournalEntry entry : entries) {
                if (found < texts.length && entry.message().contains(texts[found])) {
                    found++;
                }
            }
            return found == texts.length;
        });
    }

    /**
     * Checks that nothing grave was written.
     *
     * @param priority the least grave priority that is too grave; not null
     * @return this
     */
    public JournalAssert hasNoneAtLeast(Priority priority) {
        Predicate<JournalEntry> grave =
                entry -> entry.priority().map(of -> of.isAtLeast(priority)).orElse(false);
        List<JournalEntry> entries =
                subject.read(() -> journal.entries(query), all -> all.stream().noneMatch(grave));
        List<JournalEntry> found = entries.stream().filter(grave).toList();
        if (!found.isEmpty()) {
            throw failure("have nothing of priority " + priority + " or above", found);
        }
        return this;
    }

    /**
     * Checks how many entries there are.
     *
     * @param count how many
     * @return this
     */
    public JournalAssert hasSize(int count) {
        return holds("have " + count + " entries", entries -> entries.size() == count);
    }

    private JournalAssert holds(String wanted, Predicate<List<JournalEntry>> holds) {
        List<JournalEntry> entries = subject.read(() -> journal.entries(query), holds);
        if (!holds.test(entries)) {
            throw failure(wanted, entries);
        }
        return this;
    }

    private AssertionError failure(String wanted, List<JournalEntry> entries) {
        List<JournalEntry> last = entries.subList(Math.max(0, entries.size() - LINES_SHOWN), entries.size());
        String shown = last.isEmpty()
                ? "  but there are no entries"
                : "  but there are " + entries.size() + " entries, the last of them:\n"
                        + last.stream().map(entry -> "    " + entry).collect(Collectors.joining("\n"));
        return subject.failure(
                "Expecting " + part + " to " + wanted + subject.timing().words() + "\n" + shown);
    }
}
