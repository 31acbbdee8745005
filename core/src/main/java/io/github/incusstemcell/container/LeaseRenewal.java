package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.internal.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases of a run's containers as long as it lives, so that they can be short: other machines, which cannot see whether a process
 * of this one is alive, remove what it left once they are over.
 */
final class LeaseRenewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseRenewal.class);

    /** A few of them may fail, or a debugger halt this process, before a lease is over. */
    static final Duration INTERVAL = Lease.RENEWED_TERM.dividedBy(6);

    private final Incus incus;
    private final Lease lease;
    private final ScheduledExecutorService clock = DaemonThreads.clock("lease");

    private LeaseRenewal(Incus incus, Lease lease) {
        this.incus = incus;
        this.lease = lease;
    }

    /** Begins, with a first renewal after an interval. */
    static LeaseRenewal every(Duration interval, Incus incus, Lease lease) {
        LeaseRenewal renewal = new LeaseRenewal(incus, lease);
        DaemonThreads.repeat(renewal.clock, interval, renewal::renew);
        return renewal;
    }

    void renew() {
        try {
            incus.instances().list().stream().filter(this::isOurs).forEach(this::renew);
        } catch (IncusStemcellException e) {
            LOG.debug("The leases of this run are not renewed now, but later", e);
        }
    }

    private boolean isOurs(InstanceInfo instance) {
        return Lease.read(instance.config())
                .filter(other -> other.run().equals(lease.run()) && !other.kept())
                .isPresent();
    }

    private void renew(InstanceInfo instance) {
        try {
            KeptContainer.renewUnlessKept(incus.instance(instance.name()));
        } catch (IncusStemcellException e) {
            // It may have been deleted meanwhile.
            LOG.debug("The lease of {} is not renewed now, but later", instance.name(), e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
