package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.InterruptibleLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Containers that are left for a person to look at. A later run removes them once their lease is over. */
final class KeptContainer {

    private static final Logger LOG = LoggerFactory.getLogger(KeptContainer.class);

    private static final InterruptibleLock LEASES = new InterruptibleLock();

    private KeptContainer() {}

    static void keep(DeadMansSwitch deadMansSwitch) {
        Instance instance = deadMansSwitch.instance();
        writeLease(instance, () -> {
            instance.updateConfig(Lease.keptKeys());
            deadMansSwitch.disarm();
        });
    }

    /** At no time at which it is being kept: the term of a renewed lease would cut its day short. */
    static void renewUnlessKept(Instance instance) {
        writeLease(instance, () -> {
            if (Lease.read(instance.info().config())
                    .filter(lease -> !lease.kept())
                    .isPresent()) {
                instance.updateConfig(Lease.renewedKeys());
            }
        });
    }

    private static void writeLease(Instance instance, Runnable writing) {
        LEASES.with("the lease of " + instance, () -> {
            writing.run();
            return true;
        });
    }

    /** Says so of one that nobody has a handle on. */
    static void tell(Instance instance, String owner) {
        LOG.warn(
                "Kept {} of {}, which failed, for a day. Look inside with: {}",
                instance,
                owner,
                shellCommand(instance));
    }

    /** A line for a shell on a machine whose {@code incus} reaches the same daemon. */
    static String shellCommand(Instance instance) {
        return "incus exec --project " + instance.project() + " " + instance.name() + " -- bash";
    }
}
