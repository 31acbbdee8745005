package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Finds out that the daemon has died, for those who wait through incus-user: it keeps the connections of its clients open then,
 * so that they would wait for ever. Only a new connection shows it. Asks once in a while, as long as anybody waits.
 */
final class DaemonWatch implements Closeable {

    private static final long INTERVAL_MILLIS = 700;

    private final Connection connection;
    private final ScheduledExecutorService clock = DaemonThreads.clock("incus-stemcell-watch");
    private volatile boolean daemonIsGone;

    private DaemonWatch(Connection connection) {
        this.connection = connection;
    }

    static boolean isNeeded(Endpoint endpoint) {
        return endpoint instanceof Endpoint.UnixSocket socket && socket.isForUsers();
    }

    static DaemonWatch over(Connection connection) {
        DaemonWatch watch = new DaemonWatch(connection);
        watch.clock.scheduleWithFixedDelay(watch::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        if (!connection.isBusy()) {
            return;
        }
        try {
            connection.ask(ApiRequest.get());
            daemonIsGone = false;
        } catch (IncusConnectionException e) {
            daemonIsGone = true;
            connection.breakOff();
        } catch (IncusException | IncusClosedException | IncusInterruptedException e) {
            // It lives and says something else, or we have just been closed.
            daemonIsGone = false;
        }
    }

    boolean daemonIsGone() {
        return daemonIsGone;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
