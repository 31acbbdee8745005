package io.github.incusstemcell.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How the machine is, in the words of its agent.
 *
 * @param load the average number of runnable processes over 1, 5 and 15 minutes
 * @param cpuUserPercent processor time that programs use
 * @param cpuSystemPercent processor time that the kernel uses
 * @param cpuWaitPercent processor time spent waiting for disks
 * @param memoryKib memory in use, in KiB
 * @param memoryPercent the same in percent
 * @param diskPercent how full {@code system}, {@code ephemeral} and {@code persistent} are, those of them that there are
 * @param uptime since the machine's boot
 */
public record AgentVitals(
        List<Double> load,
        double cpuUserPercent,
        double cpuSystemPercent,
        double cpuWaitPercent,
        long memoryKib,
        double memoryPercent,
        Map<String, Double> diskPercent,
        Duration uptime) {

    /** Copies what is not immutable. */
    public AgentVitals {
        load = List.copyOf(load);
        diskPercent = Map.copyOf(diskPercent);
        Objects.requireNonNull(uptime, "uptime");
    }
}
