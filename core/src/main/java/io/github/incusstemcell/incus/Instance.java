package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A handle on one instance, {@code /1.0/instances/NAME}. It holds nothing but the name; where there is no such instance,
 * each method fails with an {@link IncusException} of code 404.
 */
public final class Instance {

    /** For so long what ends may go on in the background: 7.0 took a second for the start of an application container that failed. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(50);

    private final Api api;
    private final String name;

    Instance(Api api, String name) {
        this.api = api;
        this.name = name;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return the name of its project} */
    public String project() {
        return api.project();
    }

    /** {@return what the daemon knows of it} */
    public InstanceInfo info() {
        return InstanceInfo.of(api.ask(ApiRequest.get("instances", name)));
    }

    /** {@return how it is at this moment; where it is stopping, a moment later} */
    public InstanceState state() {
        return onceSettled(() -> InstanceState.of(api.ask(ApiRequest.get("instances", name, "state"))));
    }

    /**
     * Starts it and waits until its process 1 runs.
     *
     * @throws IncusException if it cannot be started, or runs already
     */
    public void start() {
        change("start", Duration.ZERO, false);
    }

    /**
     * Asks it to shut down and waits until it has; one that is stopped already is fine.
     *
     * @param timeout how long it may take, in whole seconds, at least one
     * @throws IncusException if it runs still when the time is over
     */
    public void stop(Duration timeout) {
        changeUnlessStopped("stop", timeout, false);
    }

    /** Kills it and waits until it has stopped; one that is stopped already is fine. */
    public void stopNow() {
        changeUnlessStopped("stop", Duration.ZERO, true);
    }

    /**
     * Asks it to shut down, waits until it has, and starts it again.
     *
     * @param timeout how long shutting down may take, in whole seconds, at least one
     * @throws IncusException if it runs still when the time is over
     */
    public void restart(Duration timeout) {
        change("restart", timeout, false);
    }

    /** Halts all its processes. */
    public void freeze() {
        change("freeze", Duration.ZERO, false);
    }

    /** Lets its processes go on. */
    public void unfreeze() {
        change("unfreeze", Duration.ZERO, false);
    }

    private void change(String action, Duration timeout, boolean force) {
        // Without a timeout the daemon takes ten minutes; 0 means at once.
        long seconds = timeout.isZero() ? (force ? 0 : -1) : Math.max(1, timeout.toSeconds());
        ApiRequest put = ApiRequest.put("instances", name, "state")
                .json(Json.object()
                        .put("action", action)
                        .put("timeout", seconds)
                        .put("force", force));
        LxcLog.explaining(this, () -> onceSettled(() -> api.run(put)));
    }

    private void changeUnlessStopped(String action, Duration timeout, boolean force) {
        try {
            change(action, timeout, force);
        } catch (IncusException e) {
            if (e.isNotFound() || !state().status().equals("Stopped")) {
                throw e;
            }
        }
    }

    /**
     * Deletes it, running or not, with all that belongs to it; one that is not there is fine. An interrupt that came before does not stop
     * it; one that comes meanwhile does.
     */
    public void delete() {
        IfExists.remove(() -> onceSettled(() -> {
            if (!state().status().equals("Stopped")) {
                stopNow();
            }
            return api.run(ApiRequest.delete("instances", name));
        }));
    }

    /**
     * Asks again while the daemon is not done with the end of a start that failed, or with a stop or a restart that the guest began. It does
     * not tell of these by any event, and a restart starts once more what was killed meanwhile.
     */
    private static <T> T onceSettled(Supplier<T> request) {
        long deadline = System.nanoTime() + ENDING.toNanos();
        while (true) {
            try {
                return request.get();
            } catch (IncusException e) {
                boolean isEnding = e.answer().equals("Instance is running")
                        || e.answer().equals("In use")
                        // Of a stop, where the guest ended by itself, and where it has restarted meanwhile.
                        || e.answer().startsWith("container is not running")
                        || e.answer().startsWith("Failed stopping instance, status is \"Running\"")
                        || e.answer().startsWith("Invalid PID")
                        || e.answer().contains("Instance is busy running a");
                if (!isEnding
                        || System.nanoTime() - deadline > 0
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    /**
     * Runs a command, waits for its end, and collects what it prints in memory: of each stream the first 16 MiB, and how much more
     * there was.
     *
     * @param command the command
     * @return how it ended
     * @throws InstanceGoneException if the instance was stopped or deleted meanwhile
     * @throws IncusConnectionException if the daemon went away meanwhile
     * @throws IncusException if the command could not be started, because the instance does not run, for example
     */
    public ExecResult exec(Command command) {
        CollectedOutput collected = new CollectedOutput();
        CommandExecution execution = CommandExecution.run(execution(), command, collected);
        return execution.result(collected.printed(Output.Stream.STDOUT), collected.printed(Output.Stream.STDERR));
    }

    /**
     * Runs a command, waits for its end, and hands on what it prints while it runs. Holds none of it in memory, so the
     * result has no output.
     *
     * @param command the command
     * @param output takes what it prints
     * @return how it ended
     * @throws InstanceGoneException if the instance was stopped or deleted meanwhile
     * @throws IncusConnectionException if the daemon went away meanwhile
     * @throws IncusException if the command could not be started, because the instance does not run, for example
     */
    public ExecResult exec(Command command, Output output) {
        return CommandExecution.run(execution(), command, output)
                .result(CollectedOutput.Printed.NOTHING, CollectedOutput.Printed.NOTHING);
    }

    /**
     * Starts a command and leaves its streams to the caller. Its stdin and its timeout are not looked at.
     *
     * @param command the command
     * @return the command, running. Close it
     * @throws IncusException if the command could not be started, because the instance does not run, for example
     */
    public RunningCommand start(Command command) {
        return execution().start(command);
    }

    private Execution execution() {
        return new Execution(api, name);
    }

    /** {@return its files, whether it runs or not} */
    public GuestFiles files() {
        return new GuestFiles(api, name);
    }

    /**
     * A way to look at it while it runs that is quicker than {@link #exec(Command)} and {@link #files()}, for who looks more than once.
     *
     * @return a channel, which is opened as it is used; to be closed
     */
    public GuestChannel channel() {
        return new GuestChannel(api, name);
    }

    /**
     * Sets keys of its configuration and leaves the others as they are, {@code PATCH /1.0/instances/NAME}.
     *
     * @param changes keys and their values; an empty value takes the key away
     */
    public void updateConfig(Map<String, String> changes) {
        api.run(ApiRequest.patch("instances", name).json(Json.object().set("config", Json.object(changes))));
    }

    /**
     * Sets one device and leaves the others as they are, {@code PATCH /1.0/instances/NAME}.
     *
     * @param device its name
     * @param options its options, {@code type} among them
     */
    public void updateDevice(String device, Map<String, String> options) {
        api.run(ApiRequest.patch("instances", name)
                .json(Json.object().set("devices", Json.nested(Map.of(device, options)))));
    }

    /**
     * Takes a device away that is its own, and not a profile's, {@code PUT /1.0/instances/NAME}; one that is not there is fine.
     *
     * @param device its name
     */
    public void removeDevice(String device) {
        ObjectNode whole = api.ask(ApiRequest.get("instances", name)).deepCopy();
        ObjectNode body = Json.object();
        for (String part : List.of("architecture", "config", "devices", "ephemeral", "profiles", "description")) {
            body.set(part, whole.path(part));
        }
        ((ObjectNode) body.get("devices")).remove(device);
        api.run(ApiRequest.put("instances", name).json(body));
    }

    /** {@return the storage pools of its daemon, with the volumes of its project in view} */
    public StoragePools storagePools() {
        return new StoragePools(api);
    }

    /**
     * Replaces its metadata, {@code PUT /1.0/instances/NAME/metadata}: what {@code metadata.yaml} was in its image.
     *
     * @param json the metadata, as JSON with the names of {@code metadata.yaml}
     */
    public void replaceMetadata(String json) {
        api.run(ApiRequest.put("instances", name, "metadata").json(json));
    }

    /**
     * Gives it a template file, {@code POST /1.0/instances/NAME/metadata/templates}; when it is applied, and to which file, its metadata
     * says.
     *
     * @param template the name of the file, without any folder
     * @param content what the daemon renders
     */
    public void addTemplate(String template, String content) {
        api.run(ApiRequest.post("instances", name, "metadata", "templates")
                .query("path", template)
                .body(UploadBody.of(content.getBytes(StandardCharsets.UTF_8))));
    }

    /**
     * Another one of its project.
     *
     * @param other its name
     * @return a handle on it, which need not be there
     */
    public Instance inSameProject(String other) {
        return new Instance(api, other);
    }

    /**
     * Creates a container of the same image, configuration and files, without its snapshots, that the daemon deletes when it stops, on the same
     * member of a cluster, {@code POST /1.0/instances}. It is not started.
     *
     * @param copy what is to be it
     * @param config keys of the configuration that it has instead
     * @param devices those that it has instead, each a map with at least {@code type}
     */
    public void copyTo(Instance copy, Map<String, String> config, Map<String, Map<String, String>> devices) {
        ObjectNode body =
                Json.object().put("name", copy.name).put("type", "container").put("ephemeral", true);
        body.set("config", Json.object(config));
        body.set("devices", Json.nested(devices));
        body.putObject("source").put("type", "copy").put("source", name).put("instance_only", true);
        ApiRequest post = ApiRequest.post("instances").json(body);
        String location = info().location();
        if (!location.equals("none")) {
            post.query("target", location);
        }
        api.create(post, operation -> {});
    }

    /**
     * Keeps its file system as it is now, {@code POST /1.0/instances/NAME/snapshots}.
     *
     * @param snapshot the name to keep it under
     */
    public void snapshot(String snapshot) {
        onceSettled(() -> api.run(ApiRequest.post("instances", name, "snapshots")
                .json(Json.object().put("name", snapshot).put("stateful", false))));
    }

    /**
     * Puts its file system back to what it was. A running instance is stopped for that and started again.
     *
     * @param snapshot the name that it was kept under
     */
    public void restore(String snapshot) {
        ApiRequest put = ApiRequest.put("instances", name).json(Json.object().put("restore", snapshot));
        LxcLog.explaining(this, () -> onceSettled(() -> api.run(put)));
    }

    /** {@return the names of its snapshots, oldest first} */
    public List<String> snapshots() {
        return Json.list(
                api.ask(ApiRequest.get("instances", name, "snapshots").query("recursion", 1)),
                snapshot -> snapshot.path("name").asText());
    }

    /**
     * Deletes a snapshot; one that is not there is fine.
     *
     * @param snapshot its name
     */
    public void deleteSnapshot(String snapshot) {
        IfExists.remove(() -> api.run(ApiRequest.delete("instances", name, "snapshots", snapshot)));
    }

    /** {@return what was written to its console since it was last started, {@code GET .../console}} */
    public String consoleLog() {
        return api.text(ApiRequest.get("instances", name, "console"));
    }

    /** {@return the names of its logs, {@code GET .../logs}: {@code lxc.log}, {@code lxc.conf}...} */
    public List<String> logs() {
        return Json.list(api.ask(ApiRequest.get("instances", name, "logs")), url -> url.asText()
                .substring(url.asText().lastIndexOf('/') + 1));
    }

    /**
     * Reads one of its logs, {@code GET .../logs/FILE}.
     *
     * @param log the name, such as {@code lxc.log}
     * @return its content
     * @throws IncusException if there is no such log
     */
    public String log(String log) {
        return api.text(ApiRequest.get("instances", name, "logs", log));
    }

    /** {@return the name} */
    @Override
    public String toString() {
        return name;
    }
}
