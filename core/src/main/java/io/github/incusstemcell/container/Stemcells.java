package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.container.ContainerLauncher.Launch;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusClosedException;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.stemcell.Conversion;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.ImageServer;
import io.github.incusstemcell.stemcell.ProvisionedImages;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.stemcell.StemcellImages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stemcells as containers on one Incus: prepares each image once and launches containers from it.
 *
 * <p>Thread-safe. Who launches a container closes it; closing this closes the connection to Incus.
 *
 * <pre>{@code
 * try (Stemcells stemcells = Stemcells.builder().connect();
 *         StemcellContainer stemcell = stemcells.launch(ContainerSpec.of("ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165"))) {
 *     System.out.println(stemcell.exec("systemctl", "is-system-running").stdout());
 * }
 * }</pre>
 */
public final class Stemcells implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stemcells.class);

    /** So long may the daemon take for what it is creating when a JVM ends: who ends one kills it if it does not end soon. */
    private static final Duration CREATION = Duration.ofSeconds(3);

    private final Incus incus;
    private final OciImages sources;
    private final Progress progress;
    private final PreparedImages images;
    private final Incus placed;
    private final Lease lease = Lease.ofThisProcess();
    private final List<Swept> swept = new CopyOnWriteArrayList<>();
    private final Creations creations;
    private final Optional<MachineLimit> machines;
    private final LeaseRenewal renewal;
    private final ContainerLauncher launcher;
    private final ImageProvisioner provisioner;

    /** The same over the same connection, for containers that name another project than ours. */
    private final MemoizedMap<String, Stemcells> others;

    /** Within it a start is nothing to be told of, also on a busy machine. */
    private static final Duration USUAL_START = Duration.ofSeconds(10);

    /** Whether the project was made by this library, which makes it again where somebody deletes it. */
    private final boolean ownProject;

    /**
     * @param settings which nobody changes any more
     * @param main that of our project, where this is for another one
     */
    private Stemcells(Incus incus, StemcellsSettings settings, Optional<String> project, Optional<Stemcells> main) {
        this.incus = incus;
        this.creations = main.map(ours -> ours.creations).orElseGet(Creations::new);
        this.sources = settings.sources.orElseThrow();
        this.progress = settings.progress;
        this.others = new MemoizedMap<>(name -> new Stemcells(incus, settings, Optional.of(name), Optional.of(this)));
        Placement placement = Placement.find(incus, project, settings.storagePool, settings.storageCreated);
        this.ownProject = project.isEmpty() && placement.incus().project().equals(Placement.DEFAULT_PROJECT);
        this.placed = placement.incus();
        swept.addAll(Sweep.ofTheDead(placed, lease).run());
        this.machines =
                main.map(ours -> ours.machines).orElseGet(() -> MachineLimit.find(placed, lease, settings.machines));
        this.images = new PreparedImages(
                new StemcellImages(
                        placement.incus(),
                        sources,
                        settings.imageServer,
                        settings.progress,
                        settings.daemonConversion(placement, lease)),
                settings.imageMaxAge);
        this.launcher = new ContainerLauncher(
                placement,
                lease,
                creations,
                new ManagedNetwork(placement.incus(), settings.subnet, settings.ipv6, placement.cluster()),
                new LimitCheck(settings.limitsRequired),
                machines,
                new CompiledPackages(sources));
        ProvisionedImages provisioned = new ProvisionedImages(placement.incus(), progress);
        this.provisioner = new ImageProvisioner(
                launcher,
                settings.refreshedSince.map(provisioned::refreshedSince).orElse(provisioned),
                progress);
        this.renewal = LeaseRenewal.every(LeaseRenewal.INTERVAL, placed, lease);
    }

    /**
     * Settings for a connection, with nothing but defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes an image of a stemcell stand in Incus, if none does yet. Work that is done already, or under way in another
     * thread or process, is not done again; a failure is not tried again either, unless it was that of an interrupted thread.
     *
     * @param reference where the stemcell is
     * @param overlay what is to be laid over it
     * @return the image
     */
    public StemcellImage prepare(ImageReference reference, GuestOverlay overlay) {
        return images.prepare(reference, overlay);
    }

    /**
     * Makes the image of a container stand in Incus, provisioned if that is asked for, if none does yet.
     *
     * @param spec what the container is to be
     * @return the image that it would start from
     * @throws ProvisioningException if the provisioning fails, or has failed in this run
     */
    public StemcellImage prepare(ContainerSpec spec) {
        return restoring(spec, () -> prepareOnce(spec, OnFailure.DELETE));
    }

    private StemcellImage prepareOnce(ContainerSpec spec, OnFailure onFailure) {
        Stemcells there = of(spec);
        provisioner.check(spec);
        StemcellImage base = there.prepare(spec.image(), spec.overlay());
        return spec.provisioning()
                .map(provisioning -> there.provisioner.provisioned(spec, provisioning, base, onFailure.keeps()))
                .orElse(base);
    }

    /**
     * Launches a container and waits until it has booted. Prepares its image before that, if need be.
     *
     * @param spec what the container is to be
     * @return the booted container, for the caller to close
     * @throws StartupTimeoutException if it does not finish booting within the timeout; nothing is left of it then
     */
    public StemcellContainer launch(ContainerSpec spec) {
        return launch(spec, OnFailure.DELETE);
    }

    /**
     * Launches a container as {@link #launch(ContainerSpec)} does. Of one that does not come up it is found out, before it is deleted,
     * what can be found out within 5 seconds.
     *
     * @param spec what the container is to be
     * @param ofFailedStart takes what was found out about a container that stood in Incus but did not come up
     * @return the booted container, for the caller to close
     * @throws StartupTimeoutException if it does not finish booting within the timeout; nothing is left of it then
     */
    public StemcellContainer launch(ContainerSpec spec, Consumer<Diagnostics> ofFailedStart) {
        return launch(spec, OnFailure.DELETE.diagnosing(ofFailedStart));
    }

    /**
     * Launches a container as {@link #launch(ContainerSpec)} does, and says what becomes of one that does not come up, or in which
     * provisioning fails.
     *
     * @param spec what the container is to be
     * @param onFailure what is done with it; of a provisioning that is needed by several, what the first of them says
     * @return the booted container, for the caller to close
     * @throws StartupTimeoutException if it does not finish booting within the timeout
     */
    public StemcellContainer launch(ContainerSpec spec, OnFailure onFailure) {
        return restoring(spec, () -> launchOnce(spec, onFailure));
    }

    /** What is found or made once in a run, somebody may delete in the middle of it: then it is made anew, once. */
    private <T> T restoring(ContainerSpec spec, Supplier<T> work) {
        try {
            return work.get();
        } catch (IncusStemcellException e) {
            boolean refused = Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                    .anyMatch(IncusException.class::isInstance);
            if (!refused || Thread.currentThread().isInterrupted() || !isRestored(spec, e)) {
                throw e;
            }
            LOG.warn("What {} needs was deleted meanwhile and is made anew: {}", spec.container(), e.getMessage());
            return work.get();
        }
    }

    private boolean isRestored(ContainerSpec spec, IncusStemcellException failure) {
        try {
            return of(spec).restore(failure);
        } catch (IncusException | IncusConnectionException | IncusClosedException e) {
            // What is there cannot be found out: then the first failure is all there is to say.
            failure.addSuppressed(e);
            return false;
        }
    }

    /** {@return whether something was missing, which is forgotten now, or there again} */
    private boolean restore(IncusStemcellException failure) {
        String project = launcher.project();
        boolean deleted = incus.projects().find(project).isEmpty();
        if (deleted && !ownProject) {
            throw new IncusStemcellException(
                    "The project '" + project + "' on " + incus.endpoint()
                            + " was deleted while containers of this run were in it, or still to come. Create it again with:"
                            + " incus project create " + project,
                    failure);
        }
        if (deleted) {
            Placement.createDefaultProject(incus);
        }
        Set<String> there = incus.project(project).images().list().stream()
                .map(ImageInfo::fingerprint)
                .collect(Collectors.toSet());
        boolean forgotten = images.forgetDeleted(there::contains);
        forgotten |= provisioner.forgetDeleted(there::contains);
        forgotten |= launcher.forgetDeletedNetworks();
        if (deleted || forgotten) {
            images.forgetFailures();
        }
        return deleted || forgotten;
    }

    private StemcellContainer launchOnce(ContainerSpec spec, OnFailure onFailure) {
        Instant begin = Instant.now();
        Stemcells there = of(spec);
        // A network that does not exist is found before an image is fetched for it.
        there.launcher.check(spec);
        Launch launch = new Launch(spec, prepareOnce(spec, onFailure), begin, onFailure, Optional.empty());
        String what = "Starting " + spec.container();
        Progress starting = progress.apart(USUAL_START);
        starting.report(what, 0, -1);
        try {
            return there.launcher.launch(launch);
        } finally {
            starting.report(what, 1, 1);
        }
    }

    /** These, or those of the project that a container names. */
    private Stemcells of(ContainerSpec spec) {
        Optional<String> elsewhere = spec.location().project().filter(name -> !name.equals(launcher.project()));
        elsewhere.ifPresent(name -> requireProject(name, spec));
        return elsewhere.map(others::get).orElse(this);
    }

    private void requireProject(String name, ContainerSpec spec) {
        if (incus.projects().find(name).isEmpty()) {
            throw new IncusStemcellException("The project '" + name + "' of " + spec.container() + " does not exist on "
                    + incus.endpoint() + ". Create it with: incus project create " + name);
        }
    }

    /**
     * How many processors share the work of starting containers: those of the daemon's machine, or of all members of its cluster that
     * are online.
     *
     * @return at least 1; for a remote daemon that does not tell us, the number that this machine has
     */
    public int processors() {
        if (launcher.cluster().isPresent()) {
            return Math.max(1, launcher.cluster().get().startsAtOnce());
        }
        int here = Runtime.getRuntime().availableProcessors();
        if (incus.endpoint() instanceof Endpoint.UnixSocket) {
            return here;
        }
        try {
            return Math.max(1, incus.processors());
        } catch (IncusException e) {
            LOG.debug("{} does not say how many processors it has", incus.endpoint(), e);
            return here;
        }
    }

    /**
     * How many machines may run at once, of this run and all others in the project.
     *
     * @return at least 1; empty where nothing limits them
     */
    public OptionalInt machineLimit() {
        return machines.map(limit -> OptionalInt.of(limit.limit())).orElse(OptionalInt.empty());
    }

    /**
     * How much memory the daemon's machine has that nothing uses, or that could be taken from what is only cached.
     *
     * @return in bytes, {@code MemAvailable} of proc_meminfo(5); empty for a remote daemon or a cluster, and where there is no such file
     */
    public OptionalLong availableMemory() {
        return incus.endpoint() instanceof Endpoint.UnixSocket
                        && launcher.cluster().isEmpty()
                ? AvailableMemory.here()
                : OptionalLong.empty();
    }

    /**
     * Creates a network for a few containers that belong together.
     *
     * @param owner for what it is created, such as the test's class and method
     * @return the network, for the caller to close after its containers
     */
    public PrivateNetwork createNetwork(String owner) {
        return launcher.createNetwork(owner);
    }

    /**
     * Removes containers, private networks and disks that dead processes have left, and those whose lease is over, on whichever machine
     * they were created. Connecting does it, too, so this is for a program that runs for long, or does nothing else.
     *
     * @return what was found, and whose it was; what could not be removed says so
     * @throws IncusStemcellException if the daemon does not answer
     */
    public List<Swept> sweep() {
        List<Swept> found = Sweep.ofTheDead(placed, lease).run();
        swept.addAll(found);
        return found;
    }

    /**
     * What has been swept by this connection up to now, by its opening and by {@link #sweep()}.
     *
     * @return what was found, and whose it was
     */
    public List<Swept> swept() {
        List<Swept> all = new ArrayList<>(swept);
        others.forEach((project, there) -> all.addAll(there.swept));
        return all;
    }

    /**
     * Removes all containers and private networks of this connection that are there still, whoever uses them, but not those that were
     * {@linkplain StemcellContainer#leaveRunning() left}, and lets none be created any more. For a JVM that is told to end in the middle of
     * its work; what cannot be removed is named in the log, and left to the next run.
     *
     * @return what was there; what could not be removed says so
     * @throws IncusStemcellException if the daemon does not answer
     */
    public List<Swept> removeAll() {
        incus.hurry();
        creations.end(CREATION);
        List<Swept> all = new ArrayList<>();
        // They may be on networks of ours.
        others.forEach((name, there) -> all.addAll(removeAllOf(name, there)));
        all.addAll(Sweep.ofThisRun(placed, lease).run());
        return all;
    }

    private static List<Swept> removeAllOf(String project, Stemcells there) {
        try {
            return there.removeAll();
        } catch (IncusException e) {
            // The project may have been deleted, with all that was in it.
            LOG.warn("Of the project '{}' nothing is removed: {}", project, e.getMessage());
            return List.of();
        }
    }

    /**
     * Removes images of this library that have not been used for long, then closes the connections to Incus and to the sources. Containers
     * that were not closed stay until their lease is over.
     */
    @Override
    public void close() {
        renewal.close();
        others.forEach((name, other) -> other.renewal.close());
        machines.ifPresent(MachineLimit::close);
        try {
            images.removeUnused();
            others.forEach((name, other) -> other.images.removeUnused());
        } finally {
            sources.close();
            launcher.close();
            others.forEach((name, other) -> other.launcher.close());
            incus.close();
        }
    }

    /** Settings of {@link Stemcells}; everything has a default. Not thread-safe. */
    public static final class Builder {

        private final StemcellsSettings settings = new StemcellsSettings();

        private Builder() {}

        /**
         * Which Incus to use, instead of the first one that {@link Incus#connect()} finds.
         *
         * @param incus the endpoint
         * @return this builder
         */
        public Builder endpoint(Endpoint incus) {
            settings.endpoint = Optional.of(incus);
            return this;
        }

        /**
         * The Incus project for containers and images, instead of the one named {@code incus-stemcell}.
         *
         * @param name the name of an existing project
         * @return this builder
         */
        public Builder project(String name) {
            settings.project = Optional.of(name);
            return this;
        }

        /**
         * Has a storage pool named {@code incus-stemcell} made where Incus has none that clones images in milliseconds, such as where there
         * is only one of type {@code dir}: of type {@code btrfs}, in a file of the daemon's. It stays when the run is over.
         *
         * @param size how large it is, in Incus's notation, such as {@code 20GiB}
         * @return this builder
         * @throws IllegalArgumentException if that is no size
         */
        public Builder createStorage(String size) {
            settings.storageCreated = Optional.of(Limits.requirePool(size));
            return this;
        }

        /**
         * The storage pool for root disks, instead of the first that clones images.
         *
         * @param name the name of an existing pool
         * @return this builder
         */
        public Builder storagePool(String name) {
            settings.storagePool = Optional.of(name);
            return this;
        }

        /**
         * The subnet of the network that this library makes, instead of a free one of its choice.
         *
         * @param cidr the gateway's address and the prefix, such as {@code 10.78.0.1/20}
         * @return this builder
         * @throws IllegalArgumentException if this is no IPv4 subnet with room for guests
         */
        public Builder networkSubnet(String cidr) {
            settings.subnet = Optional.of(ManagedNetwork.parse(cidr));
            return this;
        }

        /**
         * Gives networks that this library makes, and the containers on them, IPv6, too: addresses of its own choosing that are valid on
         * this machine only (a ULA). A bridge of ours that is there already gets it for good.
         *
         * @param wanted whether they have it
         * @return this builder
         */
        public Builder networkIpv6(boolean wanted) {
            settings.ipv6 = wanted;
            return this;
        }

        /**
         * Where stemcells come from: registries, their credentials, the cache. Closed together with what is built here.
         *
         * @param images the sources
         * @return this builder
         */
        public Builder sources(OciImages images) {
            settings.sources = Optional.of(images);
            return this;
        }

        /**
         * The simplestreams server of images named {@code images:...}, instead of the public one of the Linux Containers project.
         *
         * @param server the server
         * @return this builder
         */
        public Builder imageServer(ImageServer server) {
            settings.imageServer = Objects.requireNonNull(server, "server");
            return this;
        }

        /**
         * Who makes an image of Incus's own out of one in a registry, instead of this library.
         *
         * @param by who does it
         * @return this builder
         */
        public Builder conversion(Conversion by) {
            settings.conversion = Objects.requireNonNull(by, "by");
            return this;
        }

        /**
         * For how long an image that this library made may stay unused in Incus, instead of 30 days.
         *
         * @param days whole days, at least 2; or 0 for ever
         * @return this builder
         * @throws IllegalArgumentException if the number is 1 or negative
         */
        public Builder imageMaxAge(int days) {
            if (days < 0 || days == 1) {
                throw new IllegalArgumentException(
                        "Unused images can be removed after 2 days or more, or never, which is 0," + " but not after "
                                + days);
            }
            settings.imageMaxAge = Optional.of(Duration.ofDays(days)).filter(age -> !age.isZero());
            return this;
        }

        /**
         * From when provisioned images may be, instead of any time: older ones are removed, and made anew.
         *
         * @param since the moment
         * @return this builder
         */
        public Builder provisionedSince(Instant since) {
            settings.refreshedSince = Optional.of(since);
            return this;
        }

        /**
         * Makes it an error of a start that a limit of CPUs, memory or disk is not in force, since the daemon's machine cannot enforce it.
         * Otherwise the log has a warning.
         *
         * @return this builder
         */
        public Builder requireLimits() {
            settings.limitsRequired = true;
            return this;
        }

        /**
         * How many machines may run at once, of this run and all others in the project, on whatever host. A launch waits for its turn, which
         * goes to the run with the fewest. Where the project has a smaller number in {@code user.incus-stemcell.machines}, that counts.
         *
         * @param limit at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder machines(int limit) {
            if (limit < 1) {
                throw new IllegalArgumentException("At least 1 machine has to be allowed to run, but not " + limit);
            }
            settings.machines = Optional.of(limit);
            return this;
        }

        /**
         * Who hears how far long work is, instead of {@link ShownProgress#forThisProcess()}. What {@link #sources(OciImages)} was given
         * tells another, if any.
         *
         * @param listener called from any thread
         * @return this builder
         */
        public Builder progress(Progress listener) {
            settings.progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Connects, by the settings as they are now; what is set later counts for later connections.
         *
         * @return the connection, for the caller to close
         * @throws io.github.incusstemcell.incus.IncusUnavailableException if there is no Incus to connect to
         * @throws io.github.incusstemcell.IncusStemcellException if the project or the storage pool does not exist
         */
        public Stemcells connect() {
            Incus incus = settings.endpoint.map(Incus::connect).orElseGet(Incus::connect);
            try {
                return new Stemcells(incus, settings.settled(), settings.project, Optional.empty());
            } catch (RuntimeException e) {
                incus.close();
                throw e;
            }
        }
    }
}
