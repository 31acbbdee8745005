package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Containers that are left for a person to look at. A later run removes them once their lease is over. */
final class KeptContainer {

    private static final Logger LOG = LoggerFactory.getLogger(KeptContainer.class);

    private KeptContainer() {}

    static synchronized void keep(DeadMansSwitch deadMansSwitch) {
        deadMansSwitch.instance().updateConfig(Lease.keptKeys());
        deadMansSwitch.disarm();
    }

    /** At no time at which it is being kept: the term of a renewed lease would cut its day short. */
    static synchronized void renewUnlessKept(Instance instance) {
        if (Lease.read(instance.info().config()).filter(lease -> !lease.kept()).isPresent()) {
            instance.updateConfig(Lease.renewedKeys());
        }
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
