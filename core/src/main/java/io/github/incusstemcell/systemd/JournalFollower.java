package io.github.incusstemcell.systemd;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Follows a journal until it is closed; see {@link Journal#follow}. */
public final class JournalFollower implements AutoCloseable {

    private static final int SIGTERM = 15;
    private static final int BUFFER = 1 << 16;
    private static final int COMPLAINTS = 4_000;

    private final RunningCommand exec;
    private final Consumer<JournalEntry> consumer;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean closed;

    JournalFollower(
            String guest,
            RunningCommand exec,
            Consumer<JournalEntry> consumer,
            BiFunction<Integer, String, SystemdException> failure) {
        this.exec = exec;
        this.consumer = consumer;
        DaemonThreads.start("journal-" + guest, () -> read(failure));
    }

    private void read(BiFunction<Integer, String, SystemdException> failure) {
        JournalLines lines = new JournalLines(line -> consumer.accept(JournalJson.entry(line)));
        try (InputStream printed = exec.stdout()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = printed.read(buffer); count >= 0; count = printed.read(buffer)) {
                lines.add(buffer, count);
            }
            String stderr = new String(exec.stderr().readNBytes(COMPLAINTS), StandardCharsets.UTF_8);
            throw failure.apply(exec.waitFor(), stderr);
        } catch (IOException | RuntimeException | Error e) {
            if (closed) {
                end.complete(null);
            } else {
                end.completeExceptionally(e);
            }
        }
    }

    /**
     * Says what to do when the following ends without having been closed: the guest stopped, journalctl was killed, or the
     * consumer threw.
     *
     * @param action takes the reason; called at once where it has ended so already
     */
    public void onFailure(Consumer<Throwable> action) {
        end.whenComplete((nothing, reason) -> {
            if (reason != null) {
                action.accept(reason);
            }
        });
    }

    /** Ends the following; the consumer may still be at its last entry. */
    @Override
    public void close() {
        closed = true;
        try (exec) {
            exec.signal(SIGTERM);
            exec.waitFor(Duration.ofSeconds(1));
        } catch (IncusStemcellException e) {
            // The guest is gone, and journalctl with it.
            end.complete(null);
        }
    }
}
