package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** Lets one thread at a time connect. The others wait for no longer than they have time, and end where they are interrupted. */
final class ConnectingTurn {

    private final ReentrantLock lock = new ReentrantLock();
    private final String peer;

    /**
     * @param peer whom messages of errors name
     */
    ConnectingTurn(String peer) {
        this.peer = peer;
    }

    /**
     * @param work is given what is left of the time
     */
    <T> T within(Duration time, Function<Duration, T> work) {
        Deadline deadline = Deadline.in(time);
        try {
            if (!lock.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SystemdException(
                        "systemd of " + peer + " could not be connected to within " + DurationText.of(time)
                                + ", as another thread was trying; is the guest frozen, or PID 1 busy?");
            }
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("another thread was connecting to systemd of " + peer, e);
        }
        try {
            return work.apply(deadline.left());
        } finally {
            lock.unlock();
        }
    }
}
