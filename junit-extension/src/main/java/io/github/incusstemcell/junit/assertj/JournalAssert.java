package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.JournalQuery;
import io.github.incusstemcell.systemd.Priority;
import io.github.incusstemcell.systemd.Unit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractListAssert;

/**
 * Assertions on the journal, or on a part of it. A journal that cannot be read, or in which nothing is at all, fails all of them; a part
 * in which nothing is fails those that look for something. {@link #satisfies} is given its entries, from the oldest on.
 *
 * <p>Entries of units that the overlay adds ({@link io.github.incusstemcell.stemcell.OverlayPart}) are among them, and those by which
 * systemd tells that a condition of it was not met.
 */
public final class JournalAssert extends GuestAssert<JournalAssert, List<JournalEntry>> {

    private static final int LINES_SHOWN = 20;

    private final JournalReading reading;
    private final String part;
    private final String identifier;

    JournalAssert(Subject subject) {
        this(subject, JournalQuery.all(), "the journal of " + subject.name(), "");
    }

    private JournalAssert(Subject subject, JournalQuery query, String part, String identifier) {
        super(subject);
        this.identifier = identifier;
        this.reading = new JournalReading(subject.stemcell(), query);
        this.part = part;
    }

    @Override
    Object comparable(List<JournalEntry> entries) {
        return entries.stream().map(JournalEntry::cursor).toList();
    }

    private JournalAssert narrowed(JournalQuery query, String words) {
        return new JournalAssert(subject, query, part + ", " + words, identifier);
    }

    /**
     * Narrows down to a unit, which has to exist.
     *
     * @param unit the unit's name
     * @return assertions on its part of the journal
     */
    public JournalAssert ofUnit(String unit) {
        Arguments.unit(unit);
        // Entries have the name of the unit itself, whatever others it has.
        String name = UnitCheck.ofSystem(subject.now(), unit)
                .holds("exist", now -> true)
                .map(Unit::name)
                .orElse(unit);
        return narrowed(reading.query().unit(name), "unit " + unit);
    }

    /**
     * Narrows down to one run of a unit, of which there has to be an entry: systemd itself writes that it starts.
     *
     * @param id the 32 hex digits that name the run, as {@link io.github.incusstemcell.systemd.Unit#invocationId()} has them
     * @return assertions on its part of the journal
     */
    public JournalAssert ofInvocation(String id) {
        Arguments.text(id);
        JournalQuery query = reading.query().invocation(id);
        if (subject.stemcell()
                .journal()
                .entries(JournalQuery.all().invocation(id).last(1))
                .isEmpty()) {
            subject.fail("Expecting an invocation " + id + " in the journal of " + subject.name()
                    + "\n  but there is no entry of it");
        }
        return narrowed(query, "invocation " + id);
    }

    /**
     * Narrows down to a program, which fails all of them where it never wrote anything.
     *
     * @param identifier what it calls itself, as {@code sshd}
     * @return assertions on its part of the journal
     */
    public JournalAssert ofIdentifier(String identifier) {
        Arguments.text(identifier);
        return new JournalAssert(
                subject, reading.query().identifier(identifier), part + ", identifier " + identifier, identifier);
    }

    /**
     * Narrows down to what came after a mark.
     *
     * @param mark from {@link Journal#mark()}
     * @return assertions on that part of the journal
     */
    public JournalAssert since(JournalMark mark) {
        Objects.requireNonNull(mark, "mark");
        return narrowed(reading.query().after(mark), "since the mark");
    }

    /**
     * Verifies that a message contains a text.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").contains("Running @reboot jobs"); // passes
     * assertThat(stemcell).journal().ofUnit("cron").contains("Segmentation fault"); // fails
     * }</pre>
     *
     * @param text the text; not empty, because every message contains that
     * @return this assertion object
     */
    public JournalAssert contains(String text) {
        Arguments.text(text);
        return that("contain \"" + text + "\"", entries -> entries.stream()
                .anyMatch(entry -> entry.message().contains(text)));
    }

    /**
     * Verifies that no message contains a text.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").doesNotContain("Segmentation fault"); // passes
     * assertThat(stemcell).journal().ofUnit("cron").doesNotContain("Running @reboot jobs"); // fails
     * }</pre>
     *
     * @param text the text; not empty, because every message contains that
     * @return this assertion object
     */
    public JournalAssert doesNotContain(String text) {
        Arguments.text(text);
        return none("not contain \"" + text + "\"", entry -> entry.message().contains(text));
    }

    /**
     * Verifies that a pattern is found in a message.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").matches("Running @\\w+ jobs"); // passes
     * assertThat(stemcell).journal().ofUnit("cron").matches("^Running"); // fails
     * }</pre>
     *
     * @param regex the pattern, as {@link Pattern} has it
     * @return this assertion object
     */
    public JournalAssert matches(String regex) {
        return matches(Pattern.compile(Objects.requireNonNull(regex, "regex")));
    }

    /**
     * Verifies that a pattern is found in a message.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").matches(Pattern.compile("running", Pattern.CASE_INSENSITIVE)); // passes
     * assertThat(stemcell).journal().ofUnit("cron").matches(Pattern.compile("running")); // fails
     * }</pre>
     *
     * @param pattern the pattern
     * @return this assertion object
     */
    public JournalAssert matches(Pattern pattern) {
        Arguments.regex(pattern);
        return that("have a match for " + pattern, entries -> entries.stream()
                .anyMatch(entry -> pattern.matcher(entry.message()).find()));
    }

    /**
     * Verifies that a pattern is found in no message.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").doesNotMatch("^Running"); // passes
     * assertThat(stemcell).journal().ofUnit("cron").doesNotMatch("Running @\\w+ jobs"); // fails
     * }</pre>
     *
     * @param regex the pattern, as {@link Pattern} has it
     * @return this assertion object
     */
    public JournalAssert doesNotMatch(String regex) {
        Pattern pattern = Arguments.regex(regex, 0);
        return none("have no match for " + pattern, entry -> pattern.matcher(entry.message())
                .find());
    }

    /**
     * Verifies that messages contain texts, in this order, whatever is between them; of one message for each text.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("cron").containsInOrder("pidfile fd", "Running @reboot jobs"); // passes
     * assertThat(stemcell).journal().ofUnit("cron").containsInOrder("Running @reboot jobs", "pidfile fd"); // fails
     * }</pre>
     *
     * @param texts the texts; at least one, none of them empty
     * @return this assertion object
     */
    public JournalAssert containsInOrder(String... texts) {
        List<String> wanted =
                Arguments.texts(texts, "Every journal contains all of no texts: name one", Arguments::text);
        return that("contain in this order " + wanted, entries -> {
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
     * Verifies that nothing so grave was written.
     *
     * <pre>{@code
     * assertThat(stemcell).journal().ofUnit("dbus").hasNoneAtLeast(ERROR); // passes
     * assertThat(stemcell).journal().ofUnit("dbus").hasNoneAtLeast(INFO); // fails
     * }</pre>
     *
     * @param priority the least grave priority that is too grave
     * @return this assertion object
     */
    public JournalAssert hasNoneAtLeast(Priority priority) {
        Objects.requireNonNull(priority, "priority");
        return none(
                "have nothing of priority " + priority + " or above",
                entry -> entry.priority().map(of -> of.isAtLeast(priority)).orElse(false));
    }

    /**
     * Verifies that there are so many entries.
     *
     * <pre>{@code
     * JournalMark mark = stemcell.journal().mark();
     * stemcell.exec("logger", "--tag", "web", "is ready");
     * assertThat(stemcell).within(ofSeconds(30)).journal().since(mark).ofIdentifier("web").hasSize(1); // passes
     * assertThat(stemcell).journal().since(mark).ofIdentifier("web").hasSize(2); // fails
     * }</pre>
     *
     * @param count how many
     * @return this assertion object
     */
    public JournalAssert hasSize(int count) {
        Arguments.count(count);
        return that("have " + count + " entries", entries -> entries.size() == count);
    }

    /**
     * Verifies that there are so many entries with a text.
     *
     * <pre>{@code
     * JournalMark mark = stemcell.journal().mark();
     * stemcell.exec("logger", "--tag", "web", "is ready");
     * assertThat(stemcell).within(ofSeconds(30)).journal().since(mark).ofIdentifier("web").contains(1, "ready"); // passes
     * assertThat(stemcell).journal().since(mark).ofIdentifier("web").contains(2, "ready"); // fails
     * }</pre>
     *
     * @param count how many
     * @param text what is in the message of those that count; not empty
     * @return this assertion object
     */
    public JournalAssert contains(int count, String text) {
        Arguments.count(count);
        Arguments.text(text);
        return that(
                "contain \"" + text + "\" " + count + " times",
                entries -> entries.stream()
                                .filter(entry -> entry.message().contains(text))
                                .count()
                        == count);
    }

    /**
     * Goes on with the messages in plain AssertJ, from the oldest on.
     *
     * @return assertions on the list, which may be empty
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> messages() {
        return subject.list(
                this::readable,
                entries -> entries.stream().map(JournalEntry::message).toList(),
                "messages of " + part);
    }

    /**
     * Goes on with the entries in plain AssertJ, from the oldest on.
     *
     * @return assertions on the list, which may be empty
     */
    public AbstractListAssert<?, List<? extends JournalEntry>, JournalEntry, ?> entries() {
        return subject.list(this::readable, Function.identity(), "entries of " + part);
    }

    private Optional<List<JournalEntry>> readable() {
        return observe("be readable", entries -> true);
    }

    private JournalAssert none(String wanted, Predicate<JournalEntry> unwanted) {
        Observation<List<JournalEntry>> seen =
                reading.observe(subject.timing(), entries -> entries.stream().noneMatch(unwanted));
        if (!seen.holds()) {
            fail(wanted, seen, seen.last().stream().filter(unwanted).toList());
        } else {
            requireJournal(wanted, seen);
        }
        return this;
    }

    @Override
    JournalAssert that(String wanted, Predicate<List<JournalEntry>> holds) {
        observe(wanted, holds);
        return this;
    }

    private Optional<List<JournalEntry>> observe(String wanted, Predicate<List<JournalEntry>> holds) {
        Observation<List<JournalEntry>> seen = reading.observe(subject.timing(), holds);
        if (!seen.holds()) {
            fail(wanted, seen, seen.last());
            return Optional.empty();
        }
        return requireJournal(wanted, seen) ? Optional.of(seen.last()) : Optional.empty();
    }

    /** Nothing in a journal that has nothing at all says nothing: perhaps none is written. Nor does nothing of who never wrote. */
    private boolean requireJournal(String wanted, Observation<List<JournalEntry>> seen) {
        if (!seen.last().isEmpty()) {
            return true;
        }
        if (reading.isJournalEmpty()) {
            return tell(wanted, seen, "the whole journal is empty, as if none were written");
        }
        return identifier.isEmpty()
                || reading.hasEntryOf(identifier)
                || tell(wanted, seen, "there is no entry of " + identifier + " in all of the journal");
    }

    private void fail(String wanted, Observation<List<JournalEntry>> seen, List<JournalEntry> entries) {
        List<JournalEntry> last = entries.subList(Math.max(0, entries.size() - LINES_SHOWN), entries.size());
        tell(
                wanted,
                seen,
                last.isEmpty()
                        ? "there are no entries"
                        : "there are " + entries.size() + " entries, the last of them:\n"
                                + last.stream().map(entry -> "    " + entry).collect(Collectors.joining("\n")));
    }

    private boolean tell(String wanted, Observation<?> seen, String but) {
        return subject.fail(
                "Expecting " + part + " to " + wanted + subject.timing().words() + seen.waited() + "\n  but " + but);
    }
}
