package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.SystemdException;
import java.time.Duration;
import java.util.Optional;

/** How a container that is there comes up again. */
final class Lifecycle {

    private static final String STOPPED = "Stopped";

    private final Instance instance;
    private final DeadMansSwitch deadMansSwitch;
    private final StemcellImage image;
    private final GuestOverlay overlay;
    private final GuestAddress address;
    private final Systemd systemd;
    private final Duration startupTimeout;
    private final Optional<JournalLog> journalLog;
    private final GuestAgent agent;

    Lifecycle(
            DeadMansSwitch deadMansSwitch,
            StemcellImage image,
            ContainerSpec spec,
            GuestAddress address,
            Systemd systemd,
            Optional<JournalLog> journalLog,
            GuestAgent agent) {
        this.instance = deadMansSwitch.instance();
        this.deadMansSwitch = deadMansSwitch;
        this.image = image;
        this.overlay = spec.overlay();
        this.address = address;
        this.systemd = systemd;
        this.startupTimeout = spec.startupTimeout();
        this.journalLog = journalLog;
        this.agent = agent;
    }

    /** Has it started by a request, and waits until systemd has finished booting, and an agent of ours answers. */
    void boot(Runnable start) {
        long asked = System.nanoTime();
        Refusal.explaining(start, new StartRefusal(instance, image, overlay));
        deadMansSwitch.arm(asked);
        // What came before, as a shutdown or the copy of a snapshot, is no part of the boot.
        Deadline deadline = Deadline.in(startupTimeout);
        new Booting(deadMansSwitch, systemd, image).await(deadline);
        address.bringUp(instance);
        agent.await(deadline);
        journalLog.ifPresent(JournalLog::follow);
    }

    /** Whether systemd runs there, has finished booting, and is not shutting down. */
    boolean isUp() {
        try {
            return instance.state().status().equals("Running")
                    && systemd.state().hasFinishedBooting();
        } catch (SystemdException e) {
            // It may be going away at this moment.
            return false;
        }
    }

    boolean isStopped() {
        return instance.state().status().equals(STOPPED);
    }

    /** The daemon starts again what it stops for it, and leaves stopped what is. */
    void restore(String snapshot) {
        if (isStopped()) {
            instance.restore(snapshot);
        } else {
            boot(() -> instance.restore(snapshot));
        }
    }
}
