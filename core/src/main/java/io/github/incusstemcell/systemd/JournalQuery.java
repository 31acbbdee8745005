package io.github.incusstemcell.systemd;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which entries of a journal are wanted: all of them, narrowed down by each call. Immutable. */
public final class JournalQuery {

    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final JournalQuery ALL = new JournalQuery(List.of(), List.of(), null, null, NO_LIMIT);

    private final List<String> options;
    private final List<String> matches;
    private final @Nullable JournalMark mark;
    private final @Nullable Pattern pattern;
    private final int last;

    private JournalQuery(
            List<String> options,
            List<String> matches,
            @Nullable JournalMark mark,
            @Nullable Pattern pattern,
            int last) {
        this.options = List.copyOf(options);
        this.matches = List.copyOf(matches);
        this.mark = mark;
        this.pattern = pattern;
        this.last = last;
    }

    /** {@return a query for all entries} */
    public static JournalQuery all() {
        return ALL;
    }

    private JournalQuery option(String option) {
        List<String> more = new ArrayList<>(options);
        more.add(option);
        return new JournalQuery(more, matches, mark, pattern, last);
    }

    /**
     * Narrows down to what a unit wrote, and what systemd wrote of it.
     *
     * @param name the unit's name
     * @return the narrower query
     */
    public JournalQuery unit(String name) {
        return option("--unit=" + UnitName.complete(name));
    }

    /**
     * Narrows down to this boot of the guest.
     *
     * @return the narrower query
     */
    public JournalQuery thisBoot() {
        return option("--boot");
    }

    /** Narrows down to a unit of a user's service manager; journalctl's own option knows those of the caller only. */
    JournalQuery userUnit(String name, long uid) {
        String user = "_UID=" + uid;
        return new JournalQuery(
                options,
                List.of(user, "_SYSTEMD_USER_UNIT=" + name, "+", user, "USER_UNIT=" + name),
                mark,
                pattern,
                last);
    }

    /**
     * Narrows down to one run of a unit: what it wrote, and what systemd wrote of it.
     *
     * @param id the 32 hex digits of {@link Unit#invocationId()}
     * @return the narrower query
     */
    public JournalQuery invocation(String id) {
        // journalctl knows --invocation since 257 only.
        return new JournalQuery(
                options, List.of("_SYSTEMD_INVOCATION_ID=" + id, "+", "INVOCATION_ID=" + id), mark, pattern, last);
    }

    /**
     * Narrows down to what a program wrote that calls itself so.
     *
     * @param identifier the name, as {@code sshd}
     * @return the narrower query
     */
    public JournalQuery identifier(String identifier) {
        return option("--identifier=" + Objects.requireNonNull(identifier, "identifier"));
    }

    /**
     * Narrows down to a gravity.
     *
     * @param least the least grave priority that is wanted
     * @return the narrower query
     */
    public JournalQuery priorityAtLeast(Priority least) {
        return option("--priority=" + least.ordinal());
    }

    /**
     * Narrows down to a time.
     *
     * @param time by the guest's clock, from which on
     * @return the narrower query
     */
    public JournalQuery since(Instant time) {
        return option("--since=" + at(time));
    }

    /**
     * Narrows down to a time.
     *
     * @param time by the guest's clock, up to which
     * @return the narrower query
     */
    public JournalQuery until(Instant time) {
        return option("--until=" + at(time));
    }

    private static String at(Instant time) {
        return String.format(Locale.ROOT, "@%d.%06d", time.getEpochSecond(), time.getNano() / 1000);
    }

    /**
     * Narrows down to what came after a mark.
     *
     * @param place from {@link Journal#mark()}
     * @return the narrower query
     */
    public JournalQuery after(JournalMark place) {
        return new JournalQuery(options, matches, Objects.requireNonNull(place, "place"), pattern, last);
    }

    /** Narrows down to the entry at which a mark is. */
    JournalQuery at(JournalMark place) {
        return option("--cursor=" + place.cursor()).last(1);
    }

    /**
     * Narrows down to the last entries, before {@link #matching} looks at them.
     *
     * @param count how many; more than 0
     * @return the narrower query
     */
    public JournalQuery last(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Ask for one entry or more: " + count);
        }
        return new JournalQuery(options, matches, mark, pattern, count);
    }

    /**
     * Narrows down to messages in which a pattern is found. Looked for here, not in the guest, whose journalctl may have been
     * built without.
     *
     * @param wanted the pattern
     * @return the narrower query
     */
    public JournalQuery matching(Pattern wanted) {
        return new JournalQuery(options, matches, mark, Objects.requireNonNull(wanted, "wanted"), last);
    }

    /** {@return those of the entries that journalctl printed which are wanted} */
    List<JournalEntry> wanted(List<JournalEntry> printed) {
        List<JournalEntry> marked =
                printed.stream().filter(entry -> !isAt(entry)).toList();
        return marked.subList(Math.max(0, marked.size() - last), marked.size()).stream()
                .filter(this::accepts)
                .toList();
    }

    /** Whether an entry is wanted, apart from how many there are. */
    boolean accepts(JournalEntry entry) {
        return !isAt(entry)
                && (pattern == null || pattern.matcher(entry.message()).find());
    }

    private boolean isAt(JournalEntry entry) {
        return mark != null && entry.cursor().equals(mark.cursor());
    }

    boolean isMarked() {
        return mark != null;
    }

    /**
     * {@return journalctl's arguments} Not {@code --after-cursor}: up to 252 that leaves out the first entry where the one at the
     * cursor is not of those that are wanted. Nor {@code --lines} behind a cursor, which counts from there.
     */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(options);
        if (mark != null && !mark.cursor().isEmpty()) {
            arguments.add("--cursor=" + mark.cursor());
        } else if (mark == null && last != NO_LIMIT) {
            arguments.add("--lines=" + last);
        }
        arguments.addAll(matches);
        return arguments;
    }
}
