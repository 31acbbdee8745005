package io.github.incusstemcell.systemd;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The journal of a guest, read by {@code journalctl}.
 *
 * <p>Each reading first has journald take in all that was written before (journalctl {@code --sync}). Every method throws a
 * {@link SystemdException} where the guest has no journal that can be read, so that no answer is never taken for no entries. Of a value of
 * more than 1 MiB the beginning is read, and how much there was more; what is asked for at once may have up to 64 MiB.
 */
public final class Journal {

    static final Duration ANSWER = Duration.ofSeconds(60);

    private static final String READ = """
            journalctl --sync || { echo "journald does not answer" >&2; exit 1; }
            exec journalctl --output=json --all --no-pager --quiet "$@"
            """;

    private final Instance instance;

    private Journal(Instance instance) {
        this.instance = instance;
    }

    /**
     * A handle on the journal of an instance; asks nothing yet.
     *
     * @param instance a container with systemd
     * @return the handle
     */
    public static Journal of(Instance instance) {
        return new Journal(Objects.requireNonNull(instance, "instance"));
    }

    /**
     * Reads entries.
     *
     * @param query which
     * @return the entries, from the oldest on
     */
    public List<JournalEntry> entries(JournalQuery query) {
        return entries(query, ANSWER);
    }

    /** The same for those who have only so much time. */
    List<JournalEntry> entries(JournalQuery query, Duration answer) {
        JournalReading reading = new JournalReading();
        ExecResult result = read(query, answer, reading);
        if (!result.isSuccess()) {
            throw result.timedOut()
                    ? unreadable("journalctl did not end within " + DurationText.of(answer))
                    : unreadable(result.exitCode(), reading.complaints());
        }
        return query.wanted(reading.entries());
    }

    private ExecResult read(JournalQuery query, Duration answer, JournalReading reading) {
        try {
            return instance.exec(command(query.arguments()).timeout(answer), reading);
        } catch (IncusStemcellException e) {
            if (reading.isTooLong()) {
                throw unreadable("what was asked for is more than the " + JournalReading.LIMIT
                        + " bytes that are read into memory; ask for less, by unit, by since or by last");
            }
            throw e;
        }
    }

    private static Command command(List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", READ, "sh"));
        argv.addAll(arguments);
        return Command.of(argv);
    }

    private SystemdException unreadable(int exitCode, String stderr) {
        return unreadable("journalctl ended with exit code " + exitCode + ": " + stderr.strip());
    }

    private SystemdException unreadable(String why) {
        return new SystemdException("The journal of " + instance.name() + " cannot be read: " + why);
    }

    /** {@return the place behind the last entry as of now, for {@link JournalQuery#after}} */
    public JournalMark mark() {
        List<JournalEntry> last = entries(JournalQuery.all().last(1));
        return new JournalMark(last.isEmpty() ? "" : last.get(0).cursor());
    }

    /**
     * When the last entry before a mark was written.
     *
     * @param mark from {@link #mark()}
     * @return the time by the guest's clock; empty where the journal had no entry then
     * @throws SystemdException where the journal no longer has that entry, as after a rotation
     */
    public Optional<Instant> timeOf(JournalMark mark) {
        if (mark.cursor().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(entries(JournalQuery.all().at(mark)).stream()
                .filter(entry -> entry.cursor().equals(mark.cursor()))
                .map(JournalEntry::time)
                .findFirst()
                .orElseThrow(() -> new SystemdException("The journal of " + instance.name()
                        + " no longer has the entry at its mark " + mark.cursor())));
    }

    /**
     * Reads what came after a mark.
     *
     * @param mark from {@link #mark()}
     * @return the entries, from the oldest on
     */
    public List<JournalEntry> since(JournalMark mark) {
        return entries(JournalQuery.all().after(mark));
    }

    /**
     * Hands each entry to the consumer as it is written: from the query's mark on, or else from now on.
     *
     * @param query which
     * @param consumer called on a thread of its own, one entry at a time
     * @return what to close when nothing more is wanted
     */
    public JournalFollower follow(JournalQuery query, Consumer<JournalEntry> consumer) {
        JournalQuery marked = query.isMarked() ? query : query.after(mark());
        List<String> arguments = new ArrayList<>(List.of("--follow", "--no-tail"));
        arguments.addAll(marked.arguments());
        RunningCommand exec = instance.start(command(arguments));
        return new JournalFollower(
                instance.name(),
                exec,
                entry -> {
                    if (marked.accepts(entry)) {
                        consumer.accept(entry);
                    }
                },
                this::unreadable);
    }

    /**
     * Waits for an entry, woken by journald.
     *
     * @param query where to look: from its mark on, or else from now on
     * @param wanted which entry ends the wait
     * @param timeout how long to wait
     * @return the entry, or empty where none came in time
     */
    public Optional<JournalEntry> await(JournalQuery query, Predicate<JournalEntry> wanted, Duration timeout) {
        CompletableFuture<JournalEntry> found = new CompletableFuture<>();
        Consumer<JournalEntry> look = entry -> {
            if (wanted.test(entry)) {
                found.complete(entry);
            }
        };
        try (JournalFollower follower = follow(query, look)) {
            follower.onFailure(found::completeExceptionally);
            return Optional.of(Waiting.on(found, timeout));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("waiting for the journal of " + instance.name(), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new SystemdException("" + e.getMessage(), e);
        }
    }
}
