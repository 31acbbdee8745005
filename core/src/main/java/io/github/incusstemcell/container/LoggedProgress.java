package io.github.incusstemcell.container;

import io.github.incusstemcell.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how far long work is, every few seconds; what is done sooner is not mentioned. */
final class LoggedProgress implements Progress {

    private static final Logger LOG = LoggerFactory.getLogger(LoggedProgress.class);
    private static final long INTERVAL = Duration.ofSeconds(2).toNanos();
    private static final long MEGABYTE = 1_000_000;

    /** The total of work of which only the percentage is known. */
    private static final long PERCENT = 100;

    private final Map<String, Long> due = new ConcurrentHashMap<>();

    @Override
    public void report(String what, long done, long total) {
        long now = System.nanoTime();
        long next = due.computeIfAbsent(what, work -> now + INTERVAL);
        if (done == total) {
            due.remove(what);
        } else if (now - next >= 0 && due.replace(what, next, now + INTERVAL)) {
            LOG.info("{}: {}", what, amount(done, total));
        }
    }

    private static String amount(long done, long total) {
        if (total == PERCENT) {
            return done + " %";
        }
        String megabytes = done / MEGABYTE + " MB";
        return total <= 0 ? megabytes : megabytes + " of " + total / MEGABYTE + " MB, " + 100 * done / total + " %";
    }
}
