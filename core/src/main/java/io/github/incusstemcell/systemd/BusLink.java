package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a service manager, shared by all threads.
 *
 * <p>It is opened when it is first needed, and again when it is gone: a guest that reboots and a manager that re-executes
 * itself drop it.
 */
final class BusLink implements AutoCloseable {

    private final Bridge bridge;
    private final ConnectingTurn turn;
    private volatile @Nullable BusConnection connection;
    private volatile boolean closed;

    BusLink(Bridge bridge) {
        this.bridge = bridge;
        this.turn = new ConnectingTurn(bridge.peer());
    }

    String peer() {
        return bridge.peer();
    }

    BusConnection connection(Duration timeout) {
        requireOpen();
        BusConnection open = usable();
        return open != null ? open : turn.within(timeout, this::opened);
    }

    private BusConnection opened(Duration left) {
        requireOpen();
        BusConnection open = usable();
        if (open == null) {
            open = subscribed(left);
            connection = open;
            if (closed) {
                open.abandon();
                requireOpen();
            }
        }
        return open;
    }

    private @Nullable BusConnection usable() {
        BusConnection last = connection;
        return last == null || last.isClosed() ? null : last;
    }

    private void requireOpen() {
        if (closed) {
            throw new SystemdException("The handle on systemd of " + peer() + " is closed");
        }
    }

    /** One that hears nothing is of no use: the next call is to find none rather than that. */
    private BusConnection subscribed(Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        BusConnection opened = bridge.open(timeout);
        try {
            BusManager.subscribe(opened, deadline.left());
            return opened;
        } catch (RuntimeException e) {
            opened.abandon();
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
