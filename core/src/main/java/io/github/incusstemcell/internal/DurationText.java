package io.github.incusstemcell.internal;

import java.time.Duration;
import java.util.Locale;

/** Spans of time as messages show them. */
public final class DurationText {

    private DurationText() {}

    /** {@return seconds with as many decimals as say something: 30s, 2.5s, 0.048s} */
    public static String of(Duration span) {
        String seconds = String.format(Locale.ROOT, "%.3f", span.toMillis() / 1000.0);
        return seconds.replaceFirst("\\.?0+$", "") + "s";
    }
}
