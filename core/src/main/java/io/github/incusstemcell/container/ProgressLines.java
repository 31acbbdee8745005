package io.github.incusstemcell.container;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A line for each piece of work when it has taken two seconds, then every five, and one at its end. */
final class ProgressLines extends ShownProgress {

    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

    private final Consumer<String> log;

    ProgressLines(Consumer<String> log, LongSupplier clock, boolean ticks) {
        super(clock, FIRST, ticks);
        this.log = log;
    }

    @Override
    void show(List<Work> works, long now) {
        for (Work work : works) {
            if (now - work.due >= 0) {
                work.due = now + INTERVAL;
                work.isShown = true;
                log.accept(work.what + ": " + work.amount(now));
            }
        }
    }

    @Override
    void ended(Work work, long now) {
        if (work.isShown) {
            log.accept(work.what + ": done after "
                    + Duration.ofNanos(now - work.begin).toSeconds() + " s");
        }
    }
}
