package io.github.incusstemcell.container;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far long work is, to whoever looks on. What is done within a second is not mentioned.
 *
 * <p>Work that tells nothing of itself meanwhile, such as that of a far daemon, shows how long it has taken, by a thread that is there while
 * there is work.
 */
public abstract sealed class ShownProgress implements Progress permits ProgressBars, ProgressLines {

    private static final Logger LOG = LoggerFactory.getLogger(ShownProgress.class);
    private static final Duration TICK = Duration.ofMillis(200);

    /** Work that has counted, and then says nothing for so long, has failed: nobody reports its end. */
    private static final long SILENCE = Duration.ofSeconds(15).toNanos();

    /** Who reports it, and its name: of one name there may be several at once. */
    private record Key(Object reporter, String what, Duration patience) {}

    /** A piece of work; times are those of the clock, in nanoseconds. */
    static final class Work {
        final String what;
        final long begin;
        long done;
        long total;
        long heard;
        long due;
        boolean isShown;

        Work(String what, long begin, Duration patience) {
            this.what = what;
            this.begin = begin;
            this.due = begin + patience.toNanos();
        }

        /** How far it is, in words. */
        String amount(long now) {
            if (total == 100) {
                return done + " %";
            }
            if (total > 0) {
                return megabytes(done) + " of " + megabytes(total) + " MB, " + 100 * done / total + " %";
            }
            return done > 0
                    ? megabytes(done) + " MB"
                    : Duration.ofNanos(now - begin).toSeconds() + " s";
        }

        private static long megabytes(long bytes) {
            return bytes / 1_000_000;
        }
    }

    private final LongSupplier clock;
    private final Duration patience;
    private final boolean ticks;
    private final Map<Key, Work> works = new LinkedHashMap<>();
    private @Nullable Thread ticker;

    /**
     * Begins with no work.
     *
     * @param clock in nanoseconds
     * @param patience how long work is not mentioned
     * @param ticks whether a thread of its own looks at silent work; in tests somebody calls {@link #tick}
     */
    ShownProgress(LongSupplier clock, Duration patience, boolean ticks) {
        this.clock = clock;
        this.patience = patience;
        this.ticks = ticks;
    }

    /**
     * Bars on a terminal, lines in the log elsewhere: where the error output goes to a file or a pipe, as in a JVM that Maven or Gradle
     * forks, where the environment variable {@code CI} is set, or where the terminal is a dumb one.
     *
     * @return what fits this process
     */
    public static ShownProgress forThisProcess() {
        return isTerminal(System.getenv()) ? bars() : lines();
    }

    /** {@return bars on the error output, which go when the work is done} */
    public static ShownProgress bars() {
        return new ProgressBars(System.err, System::nanoTime, true);
    }

    /** {@return a line in the log every few seconds} */
    public static ShownProgress lines() {
        return new ProgressLines(LOG::info, System::nanoTime, true);
    }

    static boolean isTerminal(Map<String, String> environment) {
        String ci = environment.getOrDefault("CI", "");
        boolean isCi = !ci.isEmpty() && !ci.equals("false");
        return !isCi && !environment.getOrDefault("TERM", "dumb").equals("dumb") && errorIsTerminal();
    }

    /** Java knows of its standard input and output only, and since 22 gives a console without a terminal, too. */
    private static boolean errorIsTerminal() {
        Path error = Path.of("/proc/self/fd/2");
        try {
            String target = Files.readSymbolicLink(error).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return Terminal.isConsole();
        }
    }

    @Override
    public final void report(String what, long done, long total) {
        report(new Key(this, what, patience), done, total);
    }

    @Override
    public final Progress apart() {
        return apart(patience);
    }

    @Override
    public final Progress apart(Duration usual) {
        Object reporter = new Object();
        return (what, done, total) -> report(new Key(reporter, what, usual), done, total);
    }

    private synchronized void report(Key key, long done, long total) {
        long now = clock.getAsLong();
        if (done == total) {
            Work ended = works.remove(key);
            if (ended != null) {
                ended(ended, now);
                show(List.copyOf(works.values()), now);
            }
            return;
        }
        Work work = works.computeIfAbsent(key, begun -> new Work(begun.what(), now, begun.patience()));
        work.done = done;
        work.total = total;
        work.heard = now;
        show(List.copyOf(works.values()), now);
        startTicking();
    }

    /** Looks at all work, of which some may have been silent. */
    final synchronized boolean tick() {
        long now = clock.getAsLong();
        works.values().removeIf(work -> (work.done > 0 || work.total >= 0) && now - work.heard > SILENCE);
        show(List.copyOf(works.values()), now);
        return !works.isEmpty();
    }

    private void startTicking() {
        if (ticks && ticker == null) {
            ticker = DaemonThreads.start("progress", this::keepTicking);
        }
    }

    private void keepTicking() {
        while (goesOn()) {
            LockSupport.parkNanos(TICK.toNanos());
        }
    }

    private synchronized boolean goesOn() {
        boolean goesOn = tick();
        if (!goesOn) {
            ticker = null;
        }
        return goesOn;
    }

    /** Shows work that is under way; called often. */
    abstract void show(List<Work> works, long now);

    /** Hears that work has ended, which is under way no more. */
    abstract void ended(Work work, long now);
}
