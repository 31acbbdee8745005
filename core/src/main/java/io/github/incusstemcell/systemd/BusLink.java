package io.github.incusstemcell.systemd;

import java.time.Duration;

/**
 * The one connection to a service manager, shared by all threads.
 *
 * <p>It is opened when it is first needed, and again when it is gone: a guest that reboots and a manager that re-executes
 * itself drop it.
 */
final class BusLink implements AutoCloseable {

    private final Bridge bridge;
    private BusConnection connection;
    private boolean closed;

    BusLink(Bridge bridge) {
        this.bridge = bridge;
    }

    String peer() {
        return bridge.peer();
    }

    synchronized BusConnection connection(Duration timeout) {
        if (closed) {
            throw new SystemdException("The handle on systemd of " + peer() + " is closed");
        }
        if (connection == null || connection.isClosed()) {
            connection = subscribed(timeout);
        }
        return connection;
    }

    /** One that hears nothing is of no use: the next call is to find none rather than that. */
    private BusConnection subscribed(Duration timeout) {
        BusConnection opened = bridge.open(timeout);
        try {
            BusManager.subscribe(opened, timeout);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
