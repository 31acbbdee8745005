package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * A timer that systemd has in memory (org.freedesktop.systemd1.Timer).
 *
 * @param name the timer's name
 * @param activates the unit that it starts
 * @param next when it will elapse next, by the guest's clock; empty where it will not
 * @param last when it elapsed last since the guest booted; empty where it did not
 * @param stamp the time of its stamp file, which one with {@code Persistent=} has, where it did not elapse since the guest booted: when it
 *     elapsed before that, or when it was started for the first time, of which systemd does not tell which
 * @param isWaiting whether what it starts runs: only once that has ended it is decided when it will elapse next
 */
public record TimerUnit(
        String name,
        String activates,
        Optional<Instant> next,
        Optional<Instant> last,
        Optional<Instant> stamp,
        boolean isWaiting) {

    /** Refuses nulls. */
    public TimerUnit {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(activates, "activates");
        Objects.requireNonNull(next, "next");
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(stamp, "stamp");
    }

    static TimerUnit of(PropertyValues timer, PropertyValues manager) {
        // A monotonic timer counts from the boot of the machine; the manager knows one moment on both clocks.
        Instant zero = manager.time("UserspaceTimestamp")
                .orElseThrow()
                .minus(manager.count("UserspaceTimestampMonotonic").orElseThrow(), ChronoUnit.MICROS);
        Optional<Instant> monotonic = timer.micros("NextElapseUSecMonotonic").stream()
                .mapToObj(micros -> zero.plus(micros, ChronoUnit.MICROS))
                .findFirst();
        Optional<Instant> calendar = timer.time("NextElapseUSecRealtime");
        Optional<Instant> next = monotonic
                .filter(time -> calendar.isEmpty() || time.isBefore(calendar.get()))
                .or(() -> calendar)
                // Of one that is stopped and started again systemd tells when its next time stands already.
                .filter(time -> ActiveState.of(timer.text("ActiveState")) == ActiveState.ACTIVE);
        Optional<Instant> triggered = timer.time("LastTriggerUSec");
        // What systemd has read from a stamp file has no time by this clock.
        boolean isOfBoot = timer.micros("LastTriggerUSecMonotonic").isPresent();
        return new TimerUnit(
                timer.text("Id"),
                timer.text("Unit"),
                next,
                triggered.filter(time -> isOfBoot),
                triggered.filter(time -> !isOfBoot),
                timer.text("SubState").equals("running"));
    }
}
