package io.github.incusstemcell.container;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** A line with a bar for each piece of work, below each other, drawn anew in their places and erased at their end. */
final class ProgressBars extends ShownProgress {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final long INTERVAL = Duration.ofMillis(100).toNanos();

    /** A line that wraps could not be erased, and no terminal is narrower today. */
    private static final int WIDTH = 79;

    private static final int BAR = 20;
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final String ERASE_LINE_ABOVE = "\u001b[A\u001b[K";

    private final PrintStream terminal;
    private int drawn;
    private long redrawn;

    ProgressBars(PrintStream terminal, LongSupplier clock, boolean ticks) {
        super(clock, FIRST, ticks);
        this.terminal = terminal;
    }

    @Override
    void show(List<Work> works, long now) {
        List<Work> visible = works.stream().filter(work -> now - work.due >= 0).toList();
        if (visible.size() == drawn && (drawn == 0 || now - redrawn < INTERVAL)) {
            return;
        }
        StringBuilder text = new StringBuilder();
        erase(text);
        for (int i = 0; i < visible.size(); i++) {
            text.append(i == 0 ? "" : "\n").append(line(visible.get(i), now));
        }
        terminal.print(text);
        terminal.flush();
        drawn = visible.size();
        redrawn = now;
    }

    @Override
    void ended(Work work, long now) {
        // It is erased by being drawn no more.
        redrawn = now - INTERVAL;
    }

    private void erase(StringBuilder text) {
        if (drawn > 0) {
            text.append(ERASE_LINE).append(ERASE_LINE_ABOVE.repeat(drawn - 1));
        }
    }

    private static String line(Work work, long now) {
        String right = " " + (work.total > 0 ? bar(work) + " " : "") + work.amount(now);
        int room = WIDTH - right.length();
        String what = work.what.length() <= room ? work.what : work.what.substring(0, room - 3) + "...";
        return what + right;
    }

    private static String bar(Work work) {
        int full = (int) Math.min(BAR, BAR * work.done / work.total);
        return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
    }
}
