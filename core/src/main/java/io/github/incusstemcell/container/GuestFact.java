package io.github.incusstemcell.container;

import java.util.EnumSet;
import java.util.Set;

/**
 * What is asked of a guest by running something in it, each into a file of its own. One that fails, or is not there, is no reason to do
 * without the others.
 */
enum GuestFact {
    JOURNAL(
            "journal.txt",
            "Journal of this boot",
            "exec journalctl --boot --no-pager --quiet --output=short-precise --lines=20000"),

    FAILED_UNITS("failed-units.txt", "Failed units", """
            exec systemctl status --no-pager --full --lines=50 --state=failed '*'"""),

    SYSTEM_STATE("system-state.txt", "System state and units", """
            echo "state: $(systemctl is-system-running)"
            echo; echo "jobs:"; systemctl list-jobs --no-pager --full
            echo; echo "load and memory:"; cat /proc/loadavg; free -m
            echo; echo "file systems:"; df -h
            echo; echo "units:"; exec systemctl list-units --all --no-pager --full --plain"""),

    PROCESSES("processes.txt", "Processes", "exec ps -eo pid,ppid,user,stat,lstart,rss,args --forest -ww"),

    SOCKETS("sockets.txt", "Sockets", "exec ss --all --numeric --processes --tcp --udp --unix --raw"),

    ADDRESSES("addresses.txt", "Addresses and routes", """
            ip -statistics address
            echo; echo "routes:"; ip route
            echo; echo "resolver:"; cat /etc/resolv.conf 2>&1 || true"""),

    /** systemd-analyze starts systemd-hostnamed, so it comes after the others. */
    BOOT("boot.svg", "The boot as a picture", "exec systemd-analyze plot");

    /** Those that do not show in each other. */
    static final Set<GuestFact> SILENT = EnumSet.complementOf(EnumSet.of(BOOT));

    private final String file;
    private final String title;
    private final String script;

    GuestFact(String file, String title, String script) {
        this.file = file;
        this.title = title;
        this.script = script;
    }

    String file() {
        return file;
    }

    String title() {
        return title;
    }

    String script() {
        return script;
    }

    /** Of a journal the end tells most; of everything else the beginning. */
    BoundedOutput output(int limit) {
        return this == JOURNAL ? BoundedOutput.end(limit) : BoundedOutput.beginning(limit);
    }
}
