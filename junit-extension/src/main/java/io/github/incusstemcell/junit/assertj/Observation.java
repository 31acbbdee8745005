package io.github.incusstemcell.junit.assertj;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.SystemdChanges;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** What was read of something until a check on it was decided: its last reading, and each state with the time at which it was seen. */
final class Observation<T> {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final int STATES_SHOWN = 20;

    private final Timing timing;
    private final Predicate<T> holds;
    private final Function<T, String> words;
    private final long start = System.nanoTime();
    private final List<String> states = new ArrayList<>();
    private @Nullable String state;

    private Supplier<T> last = () -> {
        throw new IllegalStateException("nothing was read yet");
    };

    private boolean held;
    private int looks;
    private Duration pause = FIRST_PAUSE;
    private Duration nextReading = FIRST_PAUSE;

    /**
     * An observation that has not begun.
     *
     * @param words a reading as messages show it among the states
     */
    Observation(Timing timing, Predicate<T> holds, Function<T, String> words) {
        this.timing = timing;
        this.holds = holds;
        this.words = words;
    }

    /** Reads often at first, then more seldom: for what tells of no changes. */
    Observation<T> polling(Supplier<T> reading) {
        see(reading.get());
        if (isDecided()) {
            if (!isOver()) {
                see(reading.get());
            }
            return this;
        }
        try {
            // Times as numbers: the durations of Awaitility 3 are none of java.time.
            ownWait()
                    .pollDelay(FIRST_PAUSE.toMillis(), MILLISECONDS)
                    .pollInterval(FIRST_PAUSE.toMillis(), MILLISECONDS)
                    .atMost(timing.span().plus(FIRST_PAUSE).toMillis(), MILLISECONDS)
                    .until(() -> {
                        requireUninterrupted();
                        if (elapsed().compareTo(nextReading) >= 0 || isTimeOver()) {
                            see(reading.get());
                            pauseTwiceAsLong();
                        }
                        return isDecided();
                    });
        } catch (ConditionTimeoutException e) {
            see(reading.get()); // the last reading may be a pause old
        }
        return this;
    }

    /** A wait for which nothing holds that a user has set as Awaitility's defaults, each of which is for the user's own waits. */
    private static ConditionFactory ownWait() {
        ConditionFactory wait = Awaitility.await()
                .pollInSameThread()
                .dontCatchUncaughtExceptions()
                .ignoreNoExceptions()
                .conditionEvaluationListener(evaluated -> {});
        try {
            return wait.failFast(() -> false);
        } catch (NoSuchMethodError e) {
            return wait; // Before Awaitility 4.1 nobody could set conditions on which waits fail.
        }
    }

    /** Awaitility sleeps on where it is interrupted, but for no more than the first pause. */
    private void requireUninterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new IncusStemcellException(
                    "Interrupted while a check was waiting to hold; last seen: " + words.apply(last()),
                    new InterruptedException());
        }
    }

    private void pauseTwiceAsLong() {
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        nextReading = elapsed().plus(pause);
    }

    /** Reads again at each change of which systemd tells. */
    Observation<T> woken(Systemd systemd, Supplier<T> reading) {
        return wokenByFailures(systemd, failed -> reading.get());
    }

    /**
     * Looks at each state of a unit, however short.
     *
     * @param reading makes of the unit what is looked at
     */
    Observation<T> watching(Systemd systemd, String unit, Function<Unit, T> reading) {
        if (timing.mode() == Timing.Mode.NOW) {
            see(reading.apply(systemd.unit(unit)));
            return this;
        }
        try (UnitWatch watch = systemd.watch(unit)) {
            Optional<Unit> deciding = watch.await(
                    now -> {
                        see(reading.apply(now));
                        return isOver();
                    },
                    left());
            if (deciding.isEmpty()) {
                see(reading.apply(watch.current())); // what it comes to may depend on the time, too
            }
            if (held && timing.mode() == Timing.Mode.ALWAYS && watch.mayHaveMissed()) {
                held = false;
                states.add("the connection broke meanwhile, and there may have been others");
            }
            return this;
        }
    }

    /**
     * Reads again at each change of which systemd tells.
     *
     * @param reading is given the units that have failed since the last reading, by now perhaps forgotten
     */
    Observation<T> wokenByFailures(Systemd systemd, Function<Set<String>, T> reading) {
        if (timing.mode() == Timing.Mode.NOW) {
            see(reading.apply(Set.of()));
            return this;
        }
        try (SystemdChanges changes = systemd.changes()) {
            see(reading.apply(changes.failedUnits()));
            while (!isOver()) {
                changes.await(left());
                see(reading.apply(changes.failedUnits()));
            }
            return this;
        }
    }

    /** Takes note of a reading. */
    void see(T reading) {
        last = () -> reading;
        looks++;
        held = holds.test(reading);
        if (timing.mode() == Timing.Mode.NOW) {
            return;
        }
        String now = words.apply(reading);
        if (!now.equals(state)) {
            state = now;
            states.add(now + " at " + DurationText.of(elapsed()));
        }
    }

    /** Whether the check held at the last reading. */
    boolean holds() {
        return held;
    }

    /** Whether nothing that comes can change the outcome. */
    boolean isDecided() {
        boolean awaited = timing.mode() != Timing.Mode.ALWAYS;
        return held == awaited || isTimeOver();
    }

    /** The same where nothing tells of changes before the first look: if that takes all of the time, it says nothing of what lasts. */
    private boolean isOver() {
        boolean lasts = held && timing.mode() == Timing.Mode.ALWAYS;
        return isDecided() && (looks > 1 || !lasts);
    }

    private boolean isTimeOver() {
        return elapsed().compareTo(timing.span()) >= 0;
    }

    /** How much of the time is left, at least a moment. */
    Duration left() {
        Duration left = timing.span().minus(elapsed());
        return left.isNegative() || left.isZero() ? Duration.ofNanos(1) : left;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    T last() {
        return last.get();
    }

    /** {@return " (waited 1.2s)", or nothing where nothing was waited for} */
    String waited() {
        return timing.mode() == Timing.Mode.NOW ? "" : " (waited " + DurationText.of(elapsed()) + ")";
    }

    /** {@return a line with all states, or nothing where nothing was waited for} */
    String states() {
        return states.isEmpty() ? "" : "\n  states seen: " + shown(states);
    }

    /** {@return the last of them: of what changes all the time there are hundreds} */
    static String shown(List<String> states) {
        int hidden = Math.max(0, states.size() - STATES_SHOWN);
        return (hidden == 0 ? "" : "(" + hidden + " before these) -> ")
                + String.join(" -> ", states.subList(hidden, states.size()));
    }
}
