package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a thread whenever anything changes in a guest's systemd. For one thread. */
public final class SystemdChanges implements AutoCloseable {

    private final ServiceManager manager;
    private final String guest;
    private final Semaphore changes = new Semaphore(0);
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private volatile boolean lost;
    private ServiceManager.Subscription subscription;

    /**
     * What wakes from now on.
     *
     * @param guest how messages name whose systemd it is
     */
    SystemdChanges(ServiceManager manager, String guest) {
        this.manager = manager;
        this.guest = guest;
        subscription = subscribed(manager);
    }

    private ServiceManager.Subscription subscribed(ServiceManager to) {
        lost = false;
        try {
            return to.listen(this::note);
        } catch (RuntimeException e) {
            lost = true;
            throw e;
        }
    }

    private void note(ManagerEvent event) {
        if (event instanceof ManagerEvent.Lost) {
            lost = true;
        }
        if (event instanceof ManagerEvent.UnitChanged changed
                && ActiveState.FAILED.toString().equals(changed.values().get("ActiveState"))) {
            failed.add(changed.unit());
        }
        changes.release();
    }

    /**
     * Waits for a change since the last call, or since the start.
     *
     * @param timeout how long to wait
     * @return whether there was one; a connection that was lost and came back is one
     */
    public boolean await(Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        try {
            // Where it did not come back in time the last time, there is nothing that could wake.
            boolean changed = lost || changes.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
            changes.drainPermits();
            if (lost) {
                subscription.close();
                subscription = new Resubscription(what(), deadline)
                        .begin(() -> subscribed(manager.answeringWithin(deadline.left())));
            }
            return changed;
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("waiting for " + what(), e);
        }
    }

    private String what() {
        return "a change in systemd of " + guest;
    }

    /**
     * The units of which systemd said that they have failed, however short that lasted; also those that it was about to restart.
     *
     * @return their full names, each once since this was last asked
     */
    public Set<String> failedUnits() {
        Set<String> since = Set.copyOf(failed);
        failed.removeAll(since);
        return since;
    }

    /** Ends the waiting. */
    @Override
    public void close() {
        subscription.close();
    }
}
