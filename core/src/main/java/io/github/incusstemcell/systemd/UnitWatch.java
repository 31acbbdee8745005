package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sees each state of a unit from one moment on, however short it lasts. For one thread.
 *
 * <p>systemd tells of each change itself. Where a guest has no {@code systemd-stdio-bridge}, it is asked every 100 ms.
 */
public final class UnitWatch implements AutoCloseable {

    /** Stands in the queue where the connection broke, since a queue takes no null. */
    private static final Map<String, Object> LOST = Map.of();

    private final ServiceManager manager;
    private final String guest;
    private final String name;
    private final long start = System.nanoTime();
    private final BlockingQueue<Map<String, Object>> readings = new LinkedBlockingQueue<>();
    private final List<UnitSighting> seen = new ArrayList<>();
    private ServiceManager.Subscription subscription;
    private Unit current;
    private boolean gap;

    /**
     * A watch that has begun.
     *
     * @param guest how messages name whose systemd it is
     * @param patience how long systemd may take for its first answer
     */
    UnitWatch(ServiceManager manager, String guest, String name, Duration patience) {
        this.manager = manager;
        this.guest = guest;
        this.name = name;
        subscription = subscribed();
        // A first answer there must be, or a watch that sees nothing would pass for a unit that never changes.
        current = next(Deadline.in(patience)).orElseThrow(() -> {
            close();
            return new SystemdException("systemd of " + guest + " said nothing of " + name + " within "
                    + DurationText.of(patience) + "; is the guest frozen, or PID 1 busy?");
        });
    }

    private ServiceManager.Subscription subscribed() {
        return manager.watch(name, reading -> readings.add(reading == null ? LOST : reading));
    }

    private String what() {
        return name + " on " + guest;
    }

    /** {@return the unit as it was last seen; does not ask again} */
    public Unit current() {
        return current;
    }

    /**
     * Whether the connection to systemd was lost meanwhile, by a reboot for example, and the unit had changed its state when there was
     * one again: between the two there may have been states that were not seen.
     *
     * @return whether that happened since the watch began
     */
    public boolean mayHaveMissed() {
        return gap;
    }

    /** {@return each state seen so far, from the first on} */
    public List<UnitSighting> seen() {
        return List.copyOf(seen);
    }

    /**
     * Waits until the unit is as wanted: as it is now, or in any state that comes until then.
     *
     * @param wanted what ends the wait
     * @param timeout how long to wait
     * @return the unit as it was at that moment; empty where that did not come
     */
    public Optional<Unit> await(Predicate<Unit> wanted, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        Optional<Unit> unit = Optional.of(current);
        while (unit.isPresent() && !wanted.test(unit.get())) {
            unit = next(deadline);
        }
        return unit;
    }

    private Optional<Unit> next(Deadline deadline) {
        try {
            Map<String, Object> reading = poll(deadline);
            if (reading != LOST) {
                return reading == null ? Optional.empty() : Optional.of(see(new Unit(reading)));
            }
            Optional<Unit> again = Optional.ofNullable(reconnect(deadline)).map(Unit::new);
            gap |= !again.map(this::isStillAsSeen).orElse(false);
            return again.map(this::see);
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("waiting for " + what(), e);
        }
    }

    /** Before the first answer there was nothing to be missed. */
    private boolean isStillAsSeen(Unit again) {
        return seen.isEmpty()
                || again.stateChanged().equals(current.stateChanged())
                        && again.invocationId().equals(current.invocationId());
    }

    private @Nullable Map<String, Object> poll(Deadline deadline) throws InterruptedException {
        return readings.poll(Math.max(1, deadline.left().toNanos()), TimeUnit.NANOSECONDS);
    }

    /** {@return the first reading on another connection; null where there was none in time} */
    private @Nullable Map<String, Object> reconnect(Deadline deadline) throws InterruptedException {
        Map<String, Object> reading = LOST;
        while (reading == LOST) {
            subscription.close();
            subscription = new Resubscription(what(), deadline).begin(this::subscribed);
            reading = poll(deadline);
        }
        return reading;
    }

    /** Takes note of all that has happened so far. */
    void catchUp() {
        subscription.catchUp();
        while (!readings.isEmpty() && next(Deadline.in(Duration.ZERO)).isPresent()) {
            // next() has noted it
        }
    }

    private Unit see(Unit unit) {
        current = unit;
        UnitSighting last = seen.isEmpty() ? null : seen.get(seen.size() - 1);
        UnitSighting now = UnitSighting.of(unit, Duration.ofNanos(System.nanoTime() - start));
        if (last == null || !last.isSameState(now)) {
            seen.add(now);
        }
        return unit;
    }

    /** Ends the watch. */
    @Override
    public void close() {
        subscription.close();
    }
}
