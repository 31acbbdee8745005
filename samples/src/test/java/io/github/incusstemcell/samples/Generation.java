package io.github.incusstemcell.samples;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestFiles;

/**
 * The generations of stemcells, which differ in what a test of a stemcell sees. A check that holds for some only says so by asking its
 * guest's generation, and states what holds for the others, so that it is skipped for none.
 */
enum Generation {
    /** noble until late 2025. */
    NOBLE_1_165,
    /** noble of the winter of 2026, with a unit for the first boot. */
    NOBLE_FIRSTBOOT,
    /** noble from September 2026 on. */
    NOBLE_2026,
    /** 26.04. */
    RESOLUTE,
    /** jammy of summer 2026, where runit supervises what others leave to systemd. */
    JAMMY_2026;

    /** {@return the generation of a guest, told by files that no other has} */
    static Generation of(StemcellContainer stemcell) {
        GuestFiles files = stemcell.files();
        if (files.exists("/usr/sbin/runsvdir-start")) {
            return JAMMY_2026;
        }
        if (files.exists("/etc/systemd/system/netplan-configure.service.d/warden-skip-in-container.conf")) {
            return RESOLUTE;
        }
        if (files.exists("/usr/libexec/bpm-symlink-watcher")) {
            return NOBLE_2026;
        }
        return files.exists("/etc/systemd/system/firstboot.service") ? NOBLE_FIRSTBOOT : NOBLE_1_165;
    }

    /** Has rsyslog run: where runit supervises it, it is not started before the agent has settings. Elsewhere it runs. */
    static void startSyslog(StemcellContainer stemcell) {
        if (of(stemcell).supervisesByRunit()) {
            stemcell.systemd().start("rsyslog");
        }
    }

    /** {@return whether runit, and not systemd, starts the agent, monit, rsyslog and cron} */
    boolean supervisesByRunit() {
        return this == JAMMY_2026;
    }

    /** {@return whether bpm is in the image, and not in a release only} */
    boolean hasBpm() {
        return this == NOBLE_2026 || this == RESOLUTE;
    }

    /** {@return whether the image masks services that are of no use in a container} */
    boolean masksUselessServices() {
        return this == NOBLE_2026 || this == RESOLUTE;
    }
}
