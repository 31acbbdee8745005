package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one Incus daemon, seen from one project.
 *
 * <p>Safe for use by many threads. {@link #close()} ends all calls under way, here and in all views, by an
 * {@link IncusClosedException}; it leaves neither thread nor socket behind.
 */
public final class Incus implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Incus.class);

    private static final String DEFAULT_PROJECT = "default";

    /** Within it a cluster that has lost its leader has another one. Nobody tells of it, so it is asked. */
    private static final Duration ELECTION = Duration.ofSeconds(10);

    private final Api api;
    private final boolean owner;

    private Incus(Api api, boolean owner) {
        this.api = api;
        this.owner = owner;
    }

    /**
     * Connects to the daemon that the settings of this machine and user lead to: the system property
     * {@code incus.stemcell.endpoint} or {@code INCUS_STEMCELL_ENDPOINT}, {@code INCUS_SOCKET}, {@code INCUS_DIR}, the
     * configuration of the {@code incus} command, the usual sockets, and those of Colima.
     *
     * @return a client of the first one that answers and trusts us
     * @throws IncusUnavailableException if there is none; it lists all that were tried
     */
    public static Incus connect() {
        return EndpointDiscovery.ofThisProcess().connect();
    }

    /**
     * Connects to one daemon and checks that it trusts us, {@code GET /1.0}.
     *
     * @param endpoint where it listens
     * @return a client of its project, or of {@code default}
     * @throws IncusUnavailableException if it does not answer, or does not trust us
     */
    public static Incus connect(Endpoint endpoint) {
        return EndpointDiscovery.of(endpoint).connect();
    }

    /**
     * Makes a daemon trust us, {@code POST /1.0/certificates}, and connects to it. Keep the {@link #endpoint()} and the
     * identity: the token is good for this one time.
     *
     * @param token what {@code incus config trust add NAME} printed
     * @param identity what the daemon shall know us by
     * @return a client of that daemon, which has shown the certificate that the token names
     * @throws IncusUnavailableException if the daemon answers at none of the addresses in the token
     * @throws IncusException if it does not take the token, because it was spent or has expired, for example
     */
    public static Incus join(String token, ClientIdentity identity) {
        return TrustToken.parse(token).redeem(identity);
    }

    static Incus unchecked(Endpoint endpoint) {
        return new Incus(new Api(new Connection(endpoint), endpoint.project().orElse(DEFAULT_PROJECT)), true);
    }

    /**
     * The same connection with another project in view.
     *
     * @param name the name of the project. Nothing checks that it exists
     * @return a view; closing it closes nothing
     */
    public Incus project(String name) {
        return new Incus(new Api(api.connection(), Objects.requireNonNull(name, "name")), false);
    }

    /**
     * Another connection to the same daemon, for what is on a member of its cluster: where that member is lost, all calls under way end
     * within ten seconds by a {@link MemberLostException}, and later ones at once, until it answers again.
     *
     * @param member the name of the member. Nothing checks that it exists
     * @return a client with the same project in view, for the caller to close
     */
    public Incus onMember(String member) {
        return new Incus(new Api(api.connection().toMember(member), api.project()), true);
    }

    /** {@return the name of the project in view} */
    public String project() {
        return api.project();
    }

    /** {@return where the daemon listens} */
    public Endpoint endpoint() {
        return api.connection().endpoint();
    }

    /** {@return the daemon: what it is and what it can do, {@code GET /1.0}} */
    public Server server() {
        return Server.of(api.ask(ApiRequest.get()));
    }

    /**
     * How many processors the machine of the daemon has, {@code GET /1.0/resources}.
     *
     * @return the number of threads that can run at once
     * @throws IncusException if it does not tell us, because it restricts us to projects, for example
     */
    public int processors() {
        return api.ask(ApiRequest.get("resources")).path("cpu").path("total").asInt();
    }

    /**
     * Lists the options that the daemon knows, {@code GET /1.0/metadata/configuration}.
     *
     * @param path of what, in the words of that document, such as {@code instance}, or {@code devices} and {@code disk}
     * @return their names, with {@code *} for any word; empty where the daemon has no such list
     */
    public List<String> optionNames(String... path) {
        try {
            JsonNode node = api.ask(ApiRequest.get("metadata", "configuration")).path("configs");
            for (String name : path) {
                node = node.path(name);
            }
            List<String> names = new ArrayList<>();
            node.findValues("keys")
                    .forEach(keys -> keys.forEach(key -> key.fieldNames().forEachRemaining(names::add)));
            return names;
        } catch (IncusException e) {
            LOG.debug("{} does not list its options", endpoint(), e);
            return List.of();
        }
    }

    /**
     * Lists the members of the daemon's cluster, {@code GET /1.0/cluster/members}.
     *
     * @return all of them, whatever state they are in
     * @throws NoQuorumException if the cluster has no quorum, and does not have one again within ten seconds: those in which another of its
     *     members comes to lead it are waited for
     * @throws IncusException if the daemon is in no cluster
     */
    public List<ClusterMember> clusterMembers() {
        long begin = System.nanoTime();
        while (true) {
            try {
                return askForMembers();
            } catch (NoQuorumException e) {
                if (System.nanoTime() - begin > ELECTION.toNanos()) {
                    throw e;
                }
                LOG.debug("The cluster of {} has no leader at the moment", endpoint(), e);
                pause();
            }
        }
    }

    private List<ClusterMember> askForMembers() {
        try {
            return Json.list(api.ask(ApiRequest.get("cluster", "members").query("recursion", 1)), ClusterMember::of);
        } catch (IncusException e) {
            // One that led waits for the others, in vain.
            throw e.answer().equals("context deadline exceeded") ? new NoQuorumException(e) : e;
        }
    }

    private void pause() {
        try {
            Thread.sleep(ELECTION.toMillis() / 40);
        } catch (InterruptedException e) {
            throw new IncusInterruptedException("a leader of the cluster of " + endpoint(), e);
        }
    }

    /**
     * How many processors a member of the daemon's cluster has, {@code GET /1.0/resources?target=MEMBER}.
     *
     * @param member its name
     * @return the number of threads that can run at once
     * @throws IncusException if it does not answer, or not to us
     */
    public int processors(String member) {
        return api.ask(ApiRequest.get("resources").query("target", member))
                .path("cpu")
                .path("total")
                .asInt();
    }

    /**
     * Asks whether the daemon has an extension of the API, {@code GET /1.0}.
     *
     * @param extension the extension
     * @return whether the daemon lists it
     */
    public boolean supports(ApiExtension extension) {
        return server().supports(extension);
    }

    /** {@return the instances of this project} */
    public Instances instances() {
        return new Instances(api);
    }

    /**
     * A handle on one instance of this project, which need not exist. Sends nothing.
     *
     * @param name its name
     * @return the handle
     */
    public Instance instance(String name) {
        return new Instance(api, Objects.requireNonNull(name, "name"));
    }

    /** {@return the images that this project sees} */
    public Images images() {
        return new Images(api);
    }

    /** {@return the networks that this project sees} */
    public Networks networks() {
        return new Networks(api);
    }

    /** {@return the storage pools} */
    public StoragePools storagePools() {
        return new StoragePools(api);
    }

    /** {@return the projects} */
    public Projects projects() {
        return new Projects(api);
    }

    /** {@return the profiles that this project sees} */
    public Profiles profiles() {
        return new Profiles(api);
    }

    /** {@return whom the daemon trusts} */
    public Certificates certificates() {
        return new Certificates(api);
    }

    /**
     * Reads the numbers of this project's instances, {@code GET /1.0/metrics}.
     *
     * @return one number a line, in the text format of OpenMetrics
     */
    public String metrics() {
        return api.text(ApiRequest.get("metrics"));
    }

    /**
     * Listens to what happens in this project, {@code GET /1.0/events?type=lifecycle}.
     *
     * @param listener gets what was done, such as {@code profile-created}, and the name of what it was done to, on one thread of this
     *     connection
     * @return for the caller to close
     */
    public LifecycleEvents lifecycleEvents(BiConsumer<String, String> listener) {
        return LifecycleEvents.listen(api, listener);
    }

    /** {@return what the daemon is busy with} */
    public Operations operations() {
        return new Operations(api);
    }

    /**
     * Has requests fail at once from now on where the daemon cannot be reached, here and in all views, as is right for a JVM that is ending.
     * Otherwise a daemon that was there before is waited for half a minute, since it may be restarting.
     */
    public void hurry() {
        api.connection().hurry();
    }

    /** Ends all calls under way and closes all sockets; a view closes nothing. Once closed, closing changes nothing. */
    @Override
    public void close() {
        if (owner) {
            api.connection().close();
        }
    }
}
