package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalFollower;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.JournalQuery;
import io.github.incusstemcell.systemd.Priority;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes a guest's journal to our log, from the first entry of the boot on. It ends with the guest's boot, or when it is closed.
 */
final class JournalLog implements AutoCloseable {

    /** One for all guests, so that one line of a logger's configuration is enough: their names come and go. */
    static final String LOGGER = "io.github.incusstemcell.journal";

    private static final String LINE = "{} {}";
    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final String guest;
    private final Journal journal;
    private final AtomicReference<JournalFollower> follower = new AtomicReference<>();
    private volatile boolean closed;

    JournalLog(String guest, Journal journal) {
        this.guest = guest;
        this.journal = journal;
    }

    /** Begins, or begins anew with the guest's next boot. A guest without a journal is no worse a guest for it. */
    void follow() {
        replaceBy(null);
        if (closed) {
            return;
        }
        try {
            // A mark at no entry: from the beginning, and not from now on.
            JournalFollower begun =
                    journal.follow(JournalQuery.all().thisBoot().after(new JournalMark("")), this::write);
            begun.onFailure(this::ended);
            replaceBy(begun);
            if (closed) {
                replaceBy(null); // Meanwhile.
            }
        } catch (IncusStemcellException e) {
            ended(e);
        }
    }

    private void ended(Throwable reason) {
        LOG.info("{} shows no more of its journal: {}", guest, reason.getMessage());
    }

    /** Not {@code atLevel(...)}, which came with SLF4J 2: users of Spring Boot 2 have 1.7. */
    private void write(JournalEntry entry) {
        switch (level(entry.priority().orElse(Priority.INFO))) {
            case ERROR -> LOG.error(LINE, guest, entry);
            case WARN -> LOG.warn(LINE, guest, entry);
            case INFO -> LOG.info(LINE, guest, entry);
            default -> LOG.debug(LINE, guest, entry);
        }
    }

    /** SLF4J knows nothing graver than an error; what is of note only is no warning. */
    static Level level(Priority priority) {
        return switch (priority) {
            case EMERGENCY, ALERT, CRITICAL, ERROR -> Level.ERROR;
            case WARNING -> Level.WARN;
            case NOTICE, INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    private void replaceBy(@Nullable JournalFollower next) {
        JournalFollower before = follower.getAndSet(next);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        replaceBy(null);
    }
}
