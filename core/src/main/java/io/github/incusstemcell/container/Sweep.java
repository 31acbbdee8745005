package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers of ours whose owner died without removing them, and those whose lease is over. What has no lease is
 * not ours and is left alone.
 *
 * <p>Several processes may do it at once: an instance that is gone already is fine with each of them.
 */
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Incus incus;
    private final Lease here;

    Sweep(Incus incus, Lease here) {
        this.incus = incus;
        this.here = here;
    }

    void run() {
        boolean sameMachine = incus.endpoint() instanceof Endpoint.UnixSocket;
        Instant now = Instant.now();
        for (InstanceInfo instance : incus.instances().list()) {
            Lease.read(instance.config())
                    .filter(lease -> lease.isOver(here, sameMachine, now))
                    .ifPresent(lease -> remove(instance.name(), lease));
        }
    }

    private void remove(String name, Lease lease) {
        LOG.info("Removing {}, which process {} on {} left behind", name, lease.pid(), lease.host());
        incus.instance(name).delete();
    }
}
