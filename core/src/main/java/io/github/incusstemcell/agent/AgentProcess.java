package io.github.incusstemcell.agent;

import java.time.Duration;
import java.util.Objects;

/**
 * A process of a job, as monit sees it.
 *
 * @param name as the job's monit file calls it
 * @param state monit's word for it: {@code running}, {@code starting}, {@code failing} or {@code unknown}
 * @param uptime for how long it runs; zero where it does not
 * @param memoryKib what it and its children occupy, in KiB
 * @param memoryPercent the same in percent of the machine's
 * @param cpuPercent what they use of the machine's processors
 */
public record AgentProcess(
        String name, String state, Duration uptime, long memoryKib, double memoryPercent, double cpuPercent) {

    /** Refuses nulls. */
    public AgentProcess {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(uptime, "uptime");
    }

    /** {@return whether monit calls it running} */
    public boolean isRunning() {
        return state.equals("running");
    }
}
