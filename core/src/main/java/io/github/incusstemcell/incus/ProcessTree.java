package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command with all that it started. The daemon knows the first process only, and a process may leave its parent,
 * its group and its session; but the mark in its environment it hands on. A child that wipes its environment is found by
 * its parent or its session as long as one of them is known.
 */
final class ProcessTree {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final String MARK = "INCUS_STEMCELL_COMMAND";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Stops whatever belongs to the tree until a look finds nothing new, because what is stopped starts nothing more; then
     * kills it all. Uses nothing but the shell and grep. Fields of /proc/PID/stat after the name: state, parent, group,
     * session. Session 0 is one from outside of the container.
     */
    private static final String KILL_TREE = """
            mark=$1
            found=' '
            sessions=' '
            known() { case $found in *" $1 "*) return 0 ;; *) return 1 ;; esac }
            ours() { case $sessions in *" $1 "*) return 0 ;; *) return 1 ;; esac }
            take() { found="$found$1 "; fresh="$fresh $1"; }
            look() {
                for file in $(grep -ls -- "$mark" /proc/[0-9]*/environ); do
                    pid=${file#/proc/}
                    pid=${pid%/environ}
                    known "$pid" || take "$pid"
                done
                before=
                while [ "$before" != "$fresh$sessions" ]; do
                    before=$fresh$sessions
                    for file in /proc/[0-9]*/stat; do
                        read -r line < "$file" || continue
                        pid=${line%% *}
                        set -- ${line##*) }
                        [ "$1" != Z ] || continue
                        if known "$pid"; then
                            [ "$4" = 0 ] || ours "$4" || sessions="$sessions$4 "
                        elif known "$2" || ours "$4"; then
                            take "$pid"
                        fi
                    done
                done
            }
            while fresh=; look; [ -n "$fresh" ]; do
                kill -STOP $fresh
            done
            [ "$found" = ' ' ] || kill -KILL $found
            """;

    private final Execution execution;
    private final String mark = MARK + "=" + UUID.randomUUID();

    ProcessTree(Execution execution) {
        this.execution = execution;
    }

    void mark(Map<String, String> environment) {
        environment.put(MARK, mark.substring(MARK.length() + 1));
    }

    /** {@return whether the tree was killed; otherwise, as in a frozen instance, the daemon can kill the first process only} */
    boolean kill() {
        try {
            RunningCommand killer = execution.start(Command.of("sh", "-c", KILL_TREE, "sh", mark));
            try {
                killer.stdin().close();
                if (killer.waitFor(PATIENCE).isEmpty()) {
                    LOG.warn("Killing what a command left behind takes more than {}; giving up", PATIENCE);
                    return false;
                }
                return true;
            } finally {
                // Not closed, by which one that runs still would be killed like this, by another one that takes as
                // long.
                killer.drop();
            }
        } catch (IncusStemcellException | java.io.IOException e) {
            LOG.debug("Killing what a command left behind failed", e);
            return false;
        }
    }
}
