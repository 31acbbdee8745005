package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitWatch;
import java.time.Duration;
import java.util.function.Predicate;

/** Whether a unit is active, and stays so for some time in one and the same run. */
final class Stability {

    private final Subject subject;
    private final UnitCheck check;
    private final Duration span;
    private final long start = System.nanoTime();

    Stability(Subject subject, UnitCheck check, Duration span) {
        this.subject = subject;
        this.check = check;
        this.span = span;
    }

    void check() {
        try (UnitWatch watch = check.systemd().watch(check.name())) {
            Predicate<Unit> over = unit -> !unit.exists() || UnitCheck.isActive(unit) || check.cannotStart(unit);
            while (true) {
                Unit begin = watch.await(over, left()).orElse(watch.current());
                boolean broke = !begin.exists()
                        || !UnitCheck.isActive(begin)
                        || watch.await(unit -> !isSameRun(begin, unit), span).isPresent();
                if (!broke) {
                    return;
                }
                if (isOver(watch.current())) {
                    check.failed(
                            "be stable for " + DurationText.of(span),
                            watch,
                            Duration.ofNanos(System.nanoTime() - start),
                            unit -> "");
                    return;
                }
            }
        }
    }

    private boolean isOver(Unit unit) {
        return subject.timing().mode() != Timing.Mode.WITHIN
                || !unit.exists()
                || check.cannotStart(unit)
                || left().isZero();
    }

    /** How much is left of the time within which it has to become stable. */
    private Duration left() {
        Duration left = subject.timing().span().minusNanos(System.nanoTime() - start);
        boolean waits = subject.timing().mode() == Timing.Mode.WITHIN && !left.isNegative();
        return waits ? left : Duration.ZERO;
    }

    private static boolean isSameRun(Unit begin, Unit unit) {
        return UnitCheck.isActive(unit)
                && unit.invocationId().equals(begin.invocationId())
                && unit.mainPid().equals(begin.mainPid());
    }
}
