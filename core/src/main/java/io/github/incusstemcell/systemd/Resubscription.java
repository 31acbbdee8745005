package io.github.incusstemcell.systemd;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.InstanceGoneException;
import io.github.incusstemcell.internal.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Begins to listen again after the connection was lost, also to a guest that is rebooting. */
record Resubscription(String what, Deadline deadline) {

    /** Incus tells of no start of a container, and may be asked for an exec meanwhile, which is refused within a millisecond. */
    private static final long PAUSE_MILLIS = 20;

    /** Incus refuses with it what a container that does not run cannot do, and with 404 what one that is deleted cannot. */
    private static final int BAD_REQUEST = 400;

    /**
     * Tries until it works or the time is over.
     *
     * @throws SystemdException where the connection did not come back in time
     */
    ServiceManager.Subscription begin(Supplier<ServiceManager.Subscription> subscribing) throws InterruptedException {
        while (true) {
            try {
                return subscribing.get();
            } catch (IncusStemcellException e) {
                if (!isPassing(e)) {
                    throw e;
                }
                if (deadline.isOver()) {
                    throw new SystemdException(
                            "The connection was lost while " + what + " was waited for, and did not come back in time: "
                                    + e.getMessage(),
                            e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private static boolean isPassing(IncusStemcellException e) {
        return e instanceof BusConnection.ClosedException
                || e instanceof InstanceGoneException
                || (e instanceof IncusException refusal && refusal.code() == BAD_REQUEST);
    }
}
