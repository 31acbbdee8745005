package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Incus;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a container takes of a member of a cluster, from before its start to its end. */
final class Reservation {

    private final String target;
    private final Incus incus;
    private final AtomicBoolean starting = new AtomicBoolean(true);
    private final AtomicBoolean there = new AtomicBoolean(true);
    private final Runnable afterStart;
    private final Runnable afterEnd;

    Reservation(String target, Incus incus, Runnable afterStart, Runnable afterEnd) {
        this.target = target;
        this.incus = incus;
        this.afterStart = afterStart;
        this.afterEnd = afterEnd;
    }

    /** The same, with something more to be done when it is gone. */
    Reservation andThen(Runnable more) {
        return new Reservation(target, incus, this::started, () -> {
            release();
            more.run();
        });
    }

    /** The member, or the group that the cluster's own scheduler chooses from. */
    String target() {
        return target;
    }

    /** A client for what is there, whose calls end where the member is lost. */
    Incus incus() {
        return incus;
    }

    /** It has started, or will not. */
    void started() {
        if (starting.compareAndSet(true, false)) {
            afterStart.run();
        }
    }

    /** It is gone. */
    void release() {
        started();
        if (there.compareAndSet(true, false)) {
            afterEnd.run();
        }
    }
}
