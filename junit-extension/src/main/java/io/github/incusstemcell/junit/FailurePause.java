package io.github.incusstemcell.junit;

import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops where something has failed, while its containers run still, until a person has looked: that is when the file is deleted that was
 * made for it, or, where there is a terminal, a line is entered.
 */
final class FailurePause {

    private static final Logger LOG = LoggerFactory.getLogger(FailurePause.class);

    private final boolean wanted;
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    FailurePause(boolean wanted) {
        this.wanted = wanted;
    }

    /**
     * Stops, once for each failure, and not at all where there is no container to look into.
     *
     * @param place where it has failed
     * @param failure with what
     * @param commands what opens a shell in each of the containers
     */
    void at(String place, Throwable failure, List<String> commands) {
        if (wanted && !commands.isEmpty() && !(failure instanceof TestAbortedException) && isNew(failure)) {
            try {
                Path folder = Files.createTempDirectory("incus-stemcell-pause-");
                Path file = Files.createFile(folder.resolve("continue"));
                stop(
                        place + " has failed with " + failure + ", and waits. Look inside with:\n  "
                                + String.join("\n  ", commands) + "\nGo on with: rm " + file,
                        folder,
                        file);
                Files.deleteIfExists(file);
                Files.delete(folder);
            } catch (IOException e) {
                LOG.warn("The pause at the failure of {} ends, as its file cannot be watched", place, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized boolean isNew(Throwable failure) {
        return seen.add(failure);
    }

    private static void stop(String message, Path folder, Path file) throws IOException, InterruptedException {
        PrintStream stderr = System.err;
        try (WatchService watch = file.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_DELETE);
            stderr.println(message + (Terminal.isConsole() ? ", or press Enter" : ""));
            // The stdin of a JVM that a build tool has forked is the tool's.
            if (Terminal.isConsole()) {
                deleteAtEnter(file);
            }
            while (Files.exists(file)) {
                WatchKey key = watch.take();
                key.pollEvents();
                key.reset();
            }
        }
    }

    private static void deleteAtEnter(Path file) {
        DaemonThreads.start("pause", () -> {
            try {
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
                if (lines.readLine() != null) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                LOG.debug("Nothing is read from the terminal any more", e);
            }
        });
    }
}
