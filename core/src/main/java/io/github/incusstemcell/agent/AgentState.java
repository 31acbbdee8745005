package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the agent says of itself: its {@code get_state}.
 *
 * @param agentId the id from its settings
 * @param jobState {@code running}, {@code starting}, {@code failing}, {@code stopped} or {@code unknown}: that of all processes together; not
 *     null
 * @param jobs the names of the jobs that are applied
 * @param processes the processes of these jobs
 * @param vitals how the machine is
 */
public record AgentState(
        String agentId, String jobState, List<String> jobs, List<AgentProcess> processes, AgentVitals vitals) {

    /** Copies the lists. */
    public AgentState {
        Objects.requireNonNull(agentId, "agentId");
        Objects.requireNonNull(jobState, "jobState");
        Objects.requireNonNull(vitals, "vitals");
        jobs = List.copyOf(jobs);
        processes = List.copyOf(processes);
    }

    /**
     * One of the processes.
     *
     * @param name as the job's monit file calls it
     * @return the process; empty where monit knows none of that name
     */
    public Optional<AgentProcess> process(String name) {
        return processes.stream().filter(process -> process.name().equals(name)).findFirst();
    }

    /**
     * Whether all processes run: none fails, or is still to come. So it is without any, too. The agent asks monit twice, for the whole and for
     * each, so that the two can differ.
     *
     * @return whether both say so
     */
    public boolean isRunning() {
        return jobState.equals("running") && processes.stream().allMatch(AgentProcess::isRunning);
    }

    /** {@return the state with that of each process, for messages} */
    public String words() {
        return jobState
                + (processes.isEmpty()
                        ? ", with no processes"
                        : processes.stream()
                                .map(process -> process.name() + " " + process.state())
                                .collect(Collectors.joining(", ", ", with ", "")));
    }

    static AgentState of(JsonNode state) {
        List<String> jobs = new ArrayList<>();
        state.at("/job/templates").forEach(job -> jobs.add(job.path("name").asText()));
        List<AgentProcess> processes = new ArrayList<>();
        state.path("processes").forEach(process -> processes.add(process(process)));
        return new AgentState(
                state.path("agent_id").asText(),
                state.path("job_state").asText(),
                jobs,
                processes,
                vitals(state.path("vitals")));
    }

    private static AgentProcess process(JsonNode process) {
        return new AgentProcess(
                process.path("name").asText(),
                process.path("state").asText(),
                Duration.ofSeconds(process.at("/uptime/secs").asLong()),
                process.at("/mem/kb").asLong(),
                process.at("/mem/percent").asDouble(),
                process.at("/cpu/total").asDouble());
    }

    /** The agent writes most numbers as text. */
    private static AgentVitals vitals(JsonNode vitals) {
        List<Double> load = new ArrayList<>();
        vitals.path("load").forEach(average -> load.add(average.asDouble()));
        Map<String, Double> disks = new LinkedHashMap<>();
        JsonNode disk = vitals.path("disk");
        disk.fieldNames()
                .forEachRemaining(
                        name -> disks.put(name, disk.path(name).path("percent").asDouble()));
        return new AgentVitals(
                load,
                vitals.at("/cpu/user").asDouble(),
                vitals.at("/cpu/sys").asDouble(),
                vitals.at("/cpu/wait").asDouble(),
                vitals.at("/mem/kb").asLong(),
                vitals.at("/mem/percent").asDouble(),
                disks,
                Duration.ofSeconds(vitals.at("/uptime/secs").asLong()));
    }
}
