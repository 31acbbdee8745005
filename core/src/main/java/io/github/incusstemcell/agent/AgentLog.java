package io.github.incusstemcell.agent;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;

/** The ends of logs of the guest, for messages. */
record AgentLog(Instance guest) {

    private static final int LINES = 12;

    /** Of the agent: in the journal, or where runit has it written. */
    private static final String AGENT = "log=/var/vcap/bosh/log/current; if test -s $log; then tail -n " + LINES
            + " $log; else journalctl -b -q --no-pager -o cat -u bosh-agent -n " + LINES + "; fi";

    private static final String MONIT = "tail -n " + LINES + " /var/vcap/monit/monit.log";

    /** Of a job's script, or of all that a job writes. */
    private static final String EACH =
            "do test -s \"$f\" || continue; echo \"$f:\"; tail -n " + LINES + " \"$f\"; done";

    String agent() {
        return "The end of its log:\n" + read(AGENT);
    }

    String monit() {
        return "The end of monit's log:\n" + read(MONIT);
    }

    /** What a script of any job has printed, such as {@code pre-start}; empty where that is nothing. */
    String script(String name) {
        return of("/var/vcap/sys/log/*/" + name + ".std*.log");
    }

    /** What jobs have written. */
    String jobs() {
        return of("/var/vcap/sys/log/*/*.log");
    }

    private String of(String pattern) {
        String found = read("for f in " + pattern + "; " + EACH);
        return found.isEmpty() ? "" : "What it has printed:\n" + found + "\n";
    }

    /** What a log has to say is not worth another failure. */
    private String read(String script) {
        try {
            ExecResult read = guest.exec(Command.of("sh", "-c", script));
            return (read.stdout() + read.stderr()).strip();
        } catch (IncusException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }
}
