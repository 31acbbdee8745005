package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.internal.Waiting;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The BOSH agent of one machine, spoken to over HTTPS as bosh's {@code create-env} does, without a director.
 *
 * <p>What an action of the agent is called there, and what it does, is said in the folder {@code agent/action} of cloudfoundry/bosh-agent. All
 * that takes long is waited for, up to {@linkplain #within a limit}, which is 5
 * minutes unless another is set, and one minute for processes to run. Thread-safe.
 */
public final class Agent {

    /** Where the agent keeps blobs. */
    static final String BLOBS = "/var/vcap/data/blobs";

    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Processes that run do so within seconds; monit looks every ten. */
    private static final Duration RUNNING_LIMIT = Duration.ofMinutes(1);

    private final String machine;
    private final Supplier<Inet4Address> address;
    private final Mbus mbus;
    private final AgentLog log;
    private final Duration limit;
    private final Instance guest;
    private final Map<String, Link> provided;
    private final PackageCache packages;

    private Agent(
            Instance guest,
            Supplier<Inet4Address> address,
            Mbus mbus,
            AgentLog log,
            Duration limit,
            Map<String, Link> provided,
            PackageCache packages) {
        this.guest = guest;
        this.machine = guest.name();
        this.provided = provided;
        this.address = address;
        this.mbus = mbus;
        this.log = log;
        this.limit = limit;
        this.packages = packages;
    }

    /**
     * The agent of a container.
     *
     * @param guest the container
     * @param address the container's own address, as jobs see it
     * @param reach where a port of it is reached from here; asked at each message
     * @param settings what its agent was started with
     * @param packages where packages are kept that it has compiled
     * @return a client
     * @throws IncusStemcellException if an agent with these settings cannot be spoken to
     */
    public static Agent of(
            Instance guest,
            Supplier<Inet4Address> address,
            IntFunction<InetSocketAddress> reach,
            AgentSettings settings,
            PackageCache packages) {
        Mbus mbus = new Mbus(guest.name(), reach, settings.bus(guest.name()));
        return new Agent(guest, address, mbus, new AgentLog(guest), LIMIT, new ConcurrentHashMap<>(), packages);
    }

    /**
     * The same with another limit for all that is waited for.
     *
     * @param time how long each call may take; positive
     * @return the same agent
     */
    public Agent within(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("An agent is given some time to answer, but this is " + time);
        }
        return new Agent(guest, address, mbus, log, time, provided, packages);
    }

    /**
     * Asks whether it is there.
     *
     * @throws AgentException if it does not answer, or with something else than {@code pong}
     */
    public void ping() {
        String answer = send("ping").asText();
        if (!answer.equals("pong")) {
            throw new AgentException("The agent of '" + machine + "' answers ping with '" + answer + "'");
        }
    }

    /**
     * Waits until it answers for the first time.
     *
     * @throws AgentException if it does not within the limit
     */
    public void awaitPing() {
        Deadline deadline = Deadline.in(limit);
        while (true) {
            try {
                mbus.send("ping", deadline.left());
                return;
            } catch (Mbus.NoAnswerException e) {
                if (!pause(deadline)) {
                    throw new AgentException(
                            "After " + DurationText.of(deadline.span()) + ", " + e.getMessage() + "\n" + log.agent(),
                            e);
                }
            }
        }
    }

    /**
     * Asks for its {@code get_state}.
     *
     * @return what it says of jobs, processes and the machine
     */
    public AgentState state() {
        return AgentState.of(send("get_state", "full"));
    }

    /**
     * Runs a script of all jobs that have it, in parallel, such as {@code pre-start}.
     *
     * @param name the name of the script in the jobs' {@code bin}
     * @throws AgentException if one of them fails; the message has what it printed
     */
    public void runScript(String name) {
        runScript(name, Map.of());
    }

    /**
     * Runs a script of all jobs that have it, in parallel.
     *
     * @param name the name of the script in the jobs' {@code bin}
     * @param environment variables for it
     * @throws AgentException if one of them fails; the message has what it printed
     */
    public void runScript(String name, Map<String, String> environment) {
        Objects.requireNonNull(name, "name");
        task("run_script", () -> log.script(name), name, Map.of("env", environment));
    }

    /**
     * Brings jobs onto the machine, as a director does: what runs there is told that it is going to be changed ({@code pre-stop} and {@code
     * drain}) and stopped ({@code post-stop}); then the jobs are applied, prepared ({@code pre-start}), started, awaited, and told of it ({@code
     * post-start}, {@code post-deploy}). Jobs that were there and are not named are removed.
     *
     * @param jobs the jobs, each with another name
     * @return the state in which all their processes run
     * @throws AgentException if one of the scripts fails, or the processes do not come to run
     * @throws IllegalArgumentException if two of the jobs have the same name
     */
    public AgentState deploy(JobSpec... jobs) {
        JobInstance instance = new JobInstance(machine, address.get().getHostAddress());
        Deployment deployment = new Deployment(this, instance, List.of(jobs));
        AgentState running = deployment.deploy();
        provided.clear();
        provided.putAll(deployment.provided());
        return running;
    }

    /**
     * A link to a job that is deployed here, for one that is deployed elsewhere and consumes it.
     *
     * @param name the name of the link, as {@code provides} of the job's spec has it
     * @return the link
     * @throws IllegalArgumentException if none of the jobs that {@link #deploy} has brought here provides it
     */
    public Link link(String name) {
        Link link = provided.get(name);
        if (link == null) {
            throw new IllegalArgumentException("No job that is deployed on '" + machine + "' provides a link '" + name
                    + "'. There is: " + String.join(", ", provided.keySet()));
        }
        return link;
    }

    /** What packages are compiled on and for: the image of the container. */
    String stemcell() {
        return guest.info().config().getOrDefault("volatile.base_image", machine);
    }

    /** An agent tells nothing by itself. */
    private static boolean pause(Deadline deadline) {
        try {
            return deadline.pause();
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for an agent", e);
        }
    }

    PackageCache packages() {
        return packages;
    }

    /** Waits until monit calls all processes running. */
    AgentState awaitRunning() {
        Deadline deadline = Deadline.in(limit.equals(LIMIT) ? RUNNING_LIMIT : limit);
        AgentState state = state();
        while (!state.isRunning()) {
            if (!pause(deadline)) {
                throw new AgentException("The jobs " + String.join(", ", state.jobs()) + " on '" + machine
                        + "' do not run after " + DurationText.of(deadline.span()) + ": the agent calls them "
                        + state.words()
                        + ". Look at what their start programs do, or give them more time with within(...)\n"
                        + log.jobs()
                        + log.monit());
            }
            state = state();
        }
        return state;
    }

    /** Has monit start all processes of the jobs that are applied; it is not waited for that they run. */
    public void start() {
        send("start");
    }

    /** Has monit stop all processes, and waits until they are stopped. */
    public void stop() {
        task("stop", log::monit);
    }

    /**
     * Has monit look away, and runs the {@code drain} script of all jobs that have one, as before a shutdown, until each of them is done.
     *
     * @throws AgentException if one of them fails, or prints something else than a number
     */
    public void drain() {
        task("drain", () -> log.script("drain"), "shutdown", Json.object());
    }

    /** The same before another state is applied. */
    void drainFor(ApplySpec next) {
        task("drain", () -> log.script("drain"), "update", next.json());
    }

    /**
     * Brings the machine to a state: what is in it is installed, what is not is removed. Nothing is started.
     *
     * @param spec the state
     */
    public void apply(ApplySpec spec) {
        task("apply", () -> "", spec.json());
    }

    /**
     * Has a package compiled, in {@code /var/vcap/data/compile}: its {@code packaging} script is run on its sources.
     *
     * @param name the name of the package
     * @param version its version, or what stands for it
     * @param source its sources, {@code packaging} among them: a gzipped tar
     * @param dependencies the packages that it needs for that, and all that these need
     * @return what came of it
     * @throws AgentException if the script fails; the message has what it printed
     */
    public CompiledPackage compilePackage(
            String name, String version, Blob source, List<CompiledPackage> dependencies) {
        ObjectNode needed = Json.object();
        dependencies.forEach(each -> needed.set(each.name(), each.json()));
        JsonNode compiled = task(
                        "compile_package",
                        () -> log.script("packaging"),
                        source.id(),
                        source.digest(),
                        name,
                        version,
                        needed)
                .path("result");
        return new CompiledPackage(name, version, blob(compiled));
    }

    /**
     * Fetches the logs of jobs.
     *
     * @param patterns which of them, such as {@code web/*.log}, below {@code /var/vcap/sys/log}; none for all
     * @return what is in them, read as UTF-8, by their paths
     */
    public Map<String, String> fetchLogs(String... patterns) {
        Blob archive = blob(task("fetch_logs", () -> "", "job", List.of(patterns)));
        return TarGzip.texts(getBlob(archive.id()));
    }

    /**
     * Puts something into the agent's blobstore.
     *
     * @param content what is put there
     * @return how it is found
     */
    public Blob putBlob(byte[] content) {
        Blob blob = new Blob(UUID.randomUUID().toString(), Blob.digest(content));
        try {
            mbus.put(blob.id(), content, limit);
        } catch (Mbus.NoAnswerException e) {
            throw unanswered("to take a blob of " + content.length + " bytes", e);
        }
        return blob;
    }

    /**
     * Takes something from the agent's blobstore.
     *
     * @param id how it is found
     * @return what is there
     */
    public byte[] getBlob(String id) {
        try {
            return mbus.get(id, limit);
        } catch (Mbus.NoAnswerException e) {
            throw unanswered("for the blob " + id, e);
        }
    }

    private static Blob blob(JsonNode json) {
        return new Blob(json.path("blobstore_id").asText(), json.path("sha1").asText());
    }

    private JsonNode send(String method, Object... arguments) {
        return send(said(method, arguments), () -> "", method, arguments);
    }

    /**
     * Sends a message.
     *
     * @param asked what all this is about, for messages
     * @param details what more there is to tell where the agent refuses
     */
    private JsonNode send(String asked, Supplier<String> details, String method, Object... arguments) {
        Mbus.Reply reply;
        try {
            reply = mbus.send(method, limit, arguments);
        } catch (Mbus.NoAnswerException e) {
            throw unanswered("for " + asked, e);
        }
        if (reply.exception().isEmpty()) {
            return reply.value();
        }
        String said = reply.exception().get().strip();
        throw new AgentException("The agent of '" + machine + "' was asked for " + asked + " and says: " + said
                + (said.endsWith("could not be found") ? ", so it was restarted in the middle of it" : "") + "\n"
                + details.get() + log.agent());
    }

    /** Of an action that the agent does beside others, and is asked about until it is done. */
    private JsonNode task(String method, Supplier<String> details, Object... arguments) {
        Deadline deadline = Deadline.in(limit);
        String asked = said(method, arguments);
        JsonNode state = send(asked, details, method, arguments);
        String id = state.path("agent_task_id").asText();
        while (state.path("agent_task_id").asText().equals(id)
                && state.path("state").asText().equals("running")) {
            if (!pause(deadline)) {
                throw new AgentException("The agent of '" + machine + "' was asked for " + asked
                        + " and is not done after " + DurationText.of(deadline.span())
                        + ". Give it more time with within(...)\n"
                        + details.get() + log.agent());
            }
            state = send(asked, details, "get_task", id);
        }
        return state;
    }

    /** Of the arguments only names are worth saying. */
    private static String said(String method, Object... arguments) {
        return Stream.of(arguments)
                .filter(String.class::isInstance)
                .map(argument -> " " + argument)
                .collect(Collectors.joining("", method, ""));
    }

    private AgentException unanswered(String what, Mbus.NoAnswerException e) {
        return new AgentException("Asked " + what + ", " + e.getMessage() + "\n" + log.agent(), e);
    }
}
