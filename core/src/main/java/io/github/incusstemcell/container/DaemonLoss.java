package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerLauncher.Launch;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusException;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on something new that ended since the daemon was restarted, or killed, in the middle of it. It is done once more when the daemon is
 * there again; what a test does in its container is not, as nobody but the test knows whether it may be done twice.
 */
final class DaemonLoss {

    private static final Logger LOG = LoggerFactory.getLogger(DaemonLoss.class);

    /** Of an operation that the daemon does not know any more. */
    private static final String OUTCOME_UNKNOWN = "its outcome is unknown";

    private DaemonLoss() {}

    /** A lost member of a cluster is told by its watch, and others take its place. */
    static boolean caused(Throwable failure) {
        return !Cluster.isLoss(failure)
                && Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .anyMatch(cause -> cause instanceof IncusConnectionException
                                || cause instanceof IncusException refused
                                        && refused.answer().startsWith(OUTCOME_UNKNOWN));
    }

    /** Does work that leaves nothing where it fails. Its next request waits for the daemon, so there is nothing to wait for here. */
    static <T> T outlive(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (IncusStemcellException e) {
            if (!caused(e) || Memoized.byInterrupt(e)) {
                throw e;
            }
            LOG.warn("{} is begun once more, since {}", what, e.getMessage());
            return work.get();
        }
    }

    /**
     * Has an image unpacked anew for the next container: a daemon that is killed as it unpacks one takes what is there of it for the whole
     * one from then on, and every container of it lacks files.
     */
    static void forgetUnpacked(Incus incus, String pool, Launch launch, RuntimeException loss) {
        String fingerprint = launch.image().fingerprint();
        LOG.warn("{} is started once more, since {}", launch.spec().container(), loss.getMessage());
        try {
            incus.storagePools().deleteImageVolume(pool, fingerprint);
        } catch (IncusException e) {
            // Another container may be cloned from it at this moment, or pools are not ours to change.
            LOG.warn(
                    "The image {} may be unpacked in part only in the storage pool {}, as the daemon was restarted meanwhile, and stays"
                            + " so: {}. If containers of it lack files, delete it: incus image delete {} --project {}",
                    fingerprint,
                    pool,
                    e.getMessage(),
                    fingerprint,
                    incus.project());
        }
    }
}
