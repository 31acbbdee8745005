package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.NetworkInfo;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers and private networks of ours whose owner died without removing them, and those whose lease is over. What
 * has no lease is not ours and is left alone: the user's own, and the images and the one bridge that all runs share.
 *
 * <p>Several processes may do it at once: what is gone already, or is being removed by another, is fine with each of them.
 */
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Incus incus;
    private final Predicate<Lease> isOver;

    private Sweep(Incus incus, Predicate<Lease> isOver) {
        this.incus = incus;
        this.isOver = isOver;
    }

    /** Of what nobody needs any more. */
    static Sweep ofTheDead(Incus incus, Lease here) {
        boolean sameMachine = incus.endpoint() instanceof Endpoint.UnixSocket;
        Instant now = Instant.now();
        return new Sweep(incus, lease -> lease.isOver(here, sameMachine, now));
    }

    /** Of what this run has and is not to be kept: for one that ends before its time. */
    static Sweep ofThisRun(Incus incus, Lease here) {
        return new Sweep(incus, lease -> lease.run().equals(here.run()) && !lease.kept());
    }

    /** Containers first: a network that is in use cannot be removed. */
    void run() {
        for (InstanceInfo instance : incus.instances().list()) {
            consider(instance.name(), instance.config(), () -> incus.instance(instance.name())
                    .delete());
        }
        for (NetworkInfo network : incus.networks().list()) {
            consider(network.name(), network.config(), () -> incus.networks().delete(network.name()));
        }
    }

    private void consider(String name, Map<String, String> config, Runnable removal) {
        Lease.read(config).filter(isOver).ifPresent(lease -> {
            LOG.info("Removing {} of process {} on {}: {}", name, lease.pid(), lease.host(), lease.owner());
            try {
                removal.run();
            } catch (IncusException e) {
                // Another process may be at it as well; what stays will be looked at again at the next start.
                LOG.info("{} is not removed now, but by the next run: {}", name, e.getMessage());
            }
        });
    }
}
