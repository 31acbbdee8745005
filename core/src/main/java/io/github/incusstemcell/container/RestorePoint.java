package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import java.util.Set;

/**
 * A state of a container that each of its users is to find, whatever the one before them did with it: the guest's disk as it was, and a
 * guest that has booted from it.
 */
public final class RestorePoint {

    private final StemcellContainer container;
    private final String snapshot;

    /** Those that were there then, the point's own among them. */
    private final Set<String> snapshots;

    private RestorePoint(StemcellContainer container, String snapshot, Set<String> snapshots) {
        this.container = container;
        this.snapshot = snapshot;
        this.snapshots = snapshots;
    }

    /** A snapshot of that name is of an attempt that failed, since who succeeded has the point. */
    static RestorePoint of(StemcellContainer container, String snapshot) {
        Instance guest = container.open();
        guest.deleteSnapshot(snapshot);
        guest.snapshot(snapshot);
        RestorePoint point = new RestorePoint(container, snapshot, Set.copyOf(guest.snapshots()));
        if (!container.lifecycle().isUp()) {
            point.restore();
        }
        return point;
    }

    /**
     * Brings the container back: stops it at once, whether it runs, is paused, or is shutting down, boots it from the disk as it was, and
     * removes {@linkplain StemcellContainer#snapshot snapshots} that were made meanwhile.
     *
     * @throws StartupTimeoutException if the guest does not boot within the startup timeout
     * @throws io.github.incusstemcell.incus.IncusException if the daemon refuses, as where the container was deleted
     */
    public void restore() {
        Instance guest = container.open();
        guest.snapshots().stream().filter(made -> !snapshots.contains(made)).forEach(guest::deleteSnapshot);
        container.lifecycle().boot(() -> boot(guest));
    }

    /** The daemon starts again what it stopped for it. */
    private void boot(Instance guest) {
        guest.restore(snapshot);
        if (container.lifecycle().isStopped()) {
            guest.start();
        }
    }
}
