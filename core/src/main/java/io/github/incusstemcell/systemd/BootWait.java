package io.github.incusstemcell.systemd;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Waits for the end of a guest's boot, woken by systemd itself. */
final class BootWait {

    private final Function<Duration, ServiceManager> open;
    private final String guest;
    private final Duration timeout;
    private final Deadline deadline;
    private ServiceManager manager;
    private SystemState state = SystemState.OFFLINE;

    /**
     * Begins to count the time.
     *
     * @param open finds the way to the guest's systemd, in at most the given time
     */
    BootWait(Function<Duration, ServiceManager> open, String guest, Duration timeout) {
        this.open = open;
        this.guest = guest;
        this.timeout = timeout;
        this.deadline = Deadline.in(timeout);
    }

    Boot await() {
        try {
            manager = open.apply(timeout);
        } catch (SystemdException e) {
            String message = guest + " has not finished booting within " + Spans.text(timeout) + ": " + e.getMessage();
            throw new BootTimeoutException(message, state, List.of(), List.of(), e);
        }
        RuntimeException last = null;
        while (!deadline.isOver()) {
            BlockingQueue<ManagerEvent> events = new LinkedBlockingQueue<>();
            try {
                ServiceManager.Subscription subscription = manager.listen(events::add, deadline.left());
                try {
                    Boot boot = untilFinished(events);
                    if (boot != null) {
                        return boot;
                    }
                } finally {
                    subscription.close();
                }
            } catch (BusConnection.ClosedException e) {
                // A manager that re-executes itself, or reboots: the next connection waits until it is there again.
                last = e;
            }
        }
        Boot boot = lastLook();
        if (boot != null) {
            return boot;
        }
        throw timedOut(last);
    }

    /** The state was last read at the last event, which may be long ago. */
    private Boot lastLook() {
        try {
            return look();
        } catch (SystemdException e) {
            state = SystemState.OFFLINE;
            return null;
        }
    }

    /** {@return the boot, or null when the connection or the time is at its end} */
    private Boot untilFinished(BlockingQueue<ManagerEvent> events) {
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

    private Boot look() {
        PropertyValues values = new PropertyValues(manager.manager());
        state = SystemState.of(values.text("SystemState"));
        if (!state.hasFinishedBooting()) {
            return null;
        }
        long start = values.count("UserspaceTimestampMonotonic").orElse(0);
        long finish = values.count("FinishTimestampMonotonic").orElse(0);
        return new Boot(state, Duration.of(Math.max(0, finish - start), java.time.temporal.ChronoUnit.MICROS));
    }

    /** {@return the next event after which the state can be another one; null when the time is over} */
    private ManagerEvent next(BlockingQueue<ManagerEvent> events) {
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
            Thread.currentThread().interrupt();
            throw new SystemdException("Interrupted while waiting for the boot of " + guest, e);
        }
    }

    private BootTimeoutException timedOut(RuntimeException last) {
        List<Job> jobs = List.of();
        List<UnitSummary> activating = List.of();
        RuntimeException cause = last;
        if (state != SystemState.OFFLINE) {
            try {
                jobs = manager.jobs();
                activating = manager.list().stream()
                        .filter(unit -> unit.activeState() == ActiveState.ACTIVATING)
                        // Devices of the host that lack what udev would say of them stay so for ever and hold up
                        // nothing.
                        .filter(unit -> !UnitName.type(unit.name()).equals("device"))
                        .toList();
            } catch (SystemdException e) {
                cause = e;
            }
        }
        String message = guest + " has not finished booting within " + Spans.text(timeout) + ": systemd says " + state
                + "; queued jobs: " + (jobs.isEmpty() ? "none" : join(jobs))
                + "; activating: "
                + (activating.isEmpty()
                        ? "none"
                        : join(activating.stream()
                                .map(unit -> unit.name() + " (" + unit.subState() + ")")
                                .toList()));
        return new BootTimeoutException(message, state, jobs, activating, cause);
    }

    private static String join(List<?> elements) {
        return String.join(", ", elements.stream().map(Object::toString).toList());
    }
}
