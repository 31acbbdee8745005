package io.github.incusstemcell.incus;

import io.github.incusstemcell.internal.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;

/**
 * Finds out that the daemon has died, for those who wait through incus-user: it keeps the connections of its clients open then,
 * so that they would wait for ever. Only a new connection shows it: there is no daemon behind it, or another process. Asks once in a
 * while, as long as anybody waits.
 */
final class DaemonWatch implements Watch {

    /** Also how long an answer may take: a request that the daemon had when it died gets none. Both, and one interval more, are below 2 s. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Connection connection;
    private final ScheduledExecutorService clock = DaemonThreads.clock("watch");

    /** The daemon's process at the last look, as long as anybody waits. */
    private OptionalLong process = OptionalLong.empty();

    private volatile boolean daemonIsGone;

    private DaemonWatch(Connection connection) {
        this.connection = connection;
    }

    static boolean isNeeded(Endpoint endpoint) {
        return endpoint instanceof Endpoint.UnixSocket socket && socket.isForUsers();
    }

    static DaemonWatch over(Connection connection) {
        DaemonWatch watch = new DaemonWatch(connection);
        DaemonThreads.repeat(watch.clock, INTERVAL, watch::look);
        return watch;
    }

    private void look() {
        if (!connection.isBusy()) {
            // Who waits next waits for whichever daemon is there then.
            process = OptionalLong.empty();
            return;
        }
        try {
            ApiRequest request = ApiRequest.get().atOnce();
            found(connection.await(request, connection.askLater(request), INTERVAL));
        } catch (IncusConnectionException e) {
            process = OptionalLong.empty();
            breakOff();
        } catch (TimeoutException | IncusException | IncusClosedException | IncusInterruptedException e) {
            // It is slow, or died with our request in its hands, which the next look will show; or it lives and says
            // something else;
            // or we have just been closed.
            daemonIsGone = false;
        }
    }

    private void found(Answer daemon) {
        long now = daemon.metadata().path("environment").path("server_pid").asLong();
        if (process.isPresent() && process.getAsLong() != now) {
            breakOff();
        } else {
            daemonIsGone = false;
        }
        process = OptionalLong.of(now);
    }

    private void breakOff() {
        daemonIsGone = true;
        connection.breakOff();
    }

    @Override
    public Optional<IncusConnectionException> loss(String what, IOException cause) {
        return daemonIsGone
                ? Optional.of(
                        Connection.lost(what, connection.endpoint(), "the daemon behind incus-user is gone", cause))
                : Optional.empty();
    }

    @Override
    public Optional<IncusConnectionException> loss(String what, IncusException answer) {
        return Optional.empty();
    }

    /** Another daemon may be there already. */
    @Override
    public boolean refusesCalls() {
        return false;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
