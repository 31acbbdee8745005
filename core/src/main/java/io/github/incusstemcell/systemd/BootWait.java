package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a guest's boot, woken by systemd itself. */
final class BootWait {

    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final ManagerAccess access;
    private final String guest;
    private final Duration timeout;
    private final Deadline deadline;
    private SystemState state = SystemState.OFFLINE;
    private @Nullable SystemdException last;

    /** Begins to count the time. */
    BootWait(ManagerAccess access, Duration timeout) {
        this.access = access;
        this.guest = access.name();
        this.timeout = timeout;
        this.deadline = Deadline.in(timeout);
    }

    Boot await() {
        try {
            access.answeringWithin(timeout);
        } catch (SystemdException e) {
            throw deadline.isOver() ? unanswered(e) : e;
        }
        while (!deadline.isOver()) {
            BlockingQueue<ManagerEvent> events = new LinkedBlockingQueue<>();
            try {
                ServiceManager.Subscription subscription =
                        access.answeringWithin(deadline.left()).listen(events::add);
                try {
                    Boot boot = untilFinished(events);
                    if (boot != null) {
                        return boot;
                    }
                } finally {
                    subscription.close();
                }
            } catch (SystemdException e) {
                // A manager that re-executes itself, or reboots: the next connection waits until it is there again.
                if (!(e instanceof BusConnection.ClosedException || deadline.isOver())) {
                    throw e;
                }
                last = e;
            }
        }
        Boot boot = lastLook();
        if (boot != null) {
            return boot;
        }
        throw state == SystemState.OFFLINE && last != null ? unanswered(last) : timedOut();
    }

    /** The state was last read at the last event, which may be long ago. */
    private @Nullable Boot lastLook() {
        try {
            return look();
        } catch (SystemdException e) {
            state = SystemState.OFFLINE;
            last = e;
            return null;
        }
    }

    /** {@return the boot, or null when the connection or the time is at its end} */
    private @Nullable Boot untilFinished(BlockingQueue<ManagerEvent> events) {
        while (true) {
            Boot boot = look();
            if (boot != null) {
                return boot;
            }
            ManagerEvent event = next(events);
            if (event == null || event instanceof ManagerEvent.Lost) {
                return null;
            }
        }
    }

    /** {@return the manager, for what it can answer at once, and for that has a moment also when the time is over} */
    private ServiceManager manager() {
        return access.answeringWithin(
                Collections.min(List.of(Systemd.ANSWER, deadline.left().plus(MOMENT))));
    }

    private @Nullable Boot look() {
        PropertyValues values = new PropertyValues(manager().manager());
        state = SystemState.of(values.text("SystemState"));
        if (!state.hasFinishedBooting()) {
            return null;
        }
        long start = values.count("UserspaceTimestampMonotonic").orElse(0);
        long finish = values.count("FinishTimestampMonotonic").orElse(0);
        return new Boot(state, Duration.of(Math.max(0, finish - start), java.time.temporal.ChronoUnit.MICROS));
    }

    /** {@return the next event after which the state can be another one; null when the time is over} */
    private @Nullable ManagerEvent next(BlockingQueue<ManagerEvent> events) {
        try {
            while (true) {
                ManagerEvent event = events.poll(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
                if (!(event instanceof ManagerEvent.UnitChanged
                        || event instanceof ManagerEvent.JobNew
                        || event instanceof ManagerEvent.JobRemoved)) {
                    return event;
                }
            }
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("waiting for the boot of " + guest, e);
        }
    }

    private BootTimeoutException unanswered(SystemdException cause) {
        return new BootTimeoutException(late(), cause.getMessage(), state, List.of(), List.of(), cause);
    }

    private String late() {
        return guest + " has not finished booting within " + DurationText.of(timeout);
    }

    private BootTimeoutException timedOut() {
        StalledBoot stalled = new StalledBoot(List.of(), List.of(), Map.of());
        String doing;
        try {
            stalled = StalledBoot.of(manager());
            doing = stalled.describe();
        } catch (SystemdException e) {
            last = e;
            doing = "does not say what it waits for: " + e.getMessage();
        }
        return new BootTimeoutException(
                late(), "systemd says " + state + ", and " + doing, state, stalled.jobs(), stalled.activating(), last);
    }
}
