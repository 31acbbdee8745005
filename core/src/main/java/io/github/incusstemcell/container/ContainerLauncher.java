package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NetworkInfo;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates a container from a prepared image, starts it, and waits until it has booted; or leaves nothing of it. */
final class ContainerLauncher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);

    /** Other processes draw addresses from the same network; so often in a row they do not draw ours. */
    private static final int ADDRESS_DRAWS = 10;

    private static final String ADDRESS_TAKEN = "already defined on another NIC";

    private final Placement placement;
    private final Lease lease;
    private final Creations creations;
    private final ManagedNetwork managedNetwork;
    private final LimitCheck limits;
    private final Optional<MachineLimit> machines;
    private final Optional<ImageDistribution> distribution;
    private final CompiledPackages packages;
    /** One per network, since it knows which addresses of it this process uses. */
    private final MemoizedMap<String, NetworkAttachment> attachments = new MemoizedMap<>(this::attach);

    ContainerLauncher(
            Placement placement,
            Lease lease,
            Creations creations,
            ManagedNetwork managedNetwork,
            LimitCheck limits,
            Optional<MachineLimit> machines,
            CompiledPackages packages) {
        this.machines = machines;
        this.limits = limits;
        this.packages = packages;
        this.placement = placement;
        this.lease = lease;
        this.creations = creations;
        this.managedNetwork = managedNetwork;
        this.distribution =
                placement.cluster().map(cluster -> new ImageDistribution(placement.incus(), lease, creations, cluster));
        // While the image is looked for, the first key is computed.
        RsaHostKeys.ofThisProcess();
    }

    /**
     * Finds out, without creating anything of the container, whether it can be created.
     *
     * @throws io.github.incusstemcell.IncusStemcellException if not
     */
    void check(ContainerSpec spec) {
        new InstanceRequest(spec, placement, attachment(spec)).check();
    }

    /**
     * What is launched.
     *
     * @param spec what it is to be
     * @param image what it starts from
     * @param asked when the image was asked for
     * @param onFailure what is done with a container that does not come up
     * @param beforeBoot sees the container when it is there, but was never booted
     */
    record Launch(
            ContainerSpec spec,
            StemcellImage image,
            Instant asked,
            OnFailure onFailure,
            Optional<Consumer<GuestFiles>> beforeBoot) {

        /** Files can be put into it, and looked at, only between its creation and its start. */
        boolean startsAtOnce() {
            return spec.boots() && spec.bootFiles().isEmpty() && beforeBoot.isEmpty();
        }
    }

    /** When it is its turn, where there is a limit of machines. */
    StemcellContainer launch(Launch launch) {
        String what = launch.spec().container();
        Runnable leave = machines.map(
                        limit -> DaemonLoss.outlive("Waiting for the turn of " + what, () -> limit.enter(what)))
                .orElse(() -> {});
        boolean launched = false;
        try {
            StemcellContainer container = launch(launch, leave);
            launched = true;
            return container;
        } finally {
            if (!launched) {
                leave.run();
            }
        }
    }

    /** Where it is a cluster, as many times as a member is lost meanwhile. */
    private StemcellContainer launch(Launch launch, Runnable leave) {
        Set<String> lost = new TreeSet<>();
        while (true) {
            Reservation there = reservation(launch, lost);
            boolean launched = false;
            try {
                StemcellContainer container = launchOn(there, launch, leave);
                launched = true;
                return container;
            } catch (IncusStemcellException e) {
                if (!Cluster.isLoss(e) || placement.cluster().isEmpty()) {
                    throw e;
                }
                lost.add(there.target());
                LOG.warn("{} is started elsewhere, since {}", launch.spec().container(), e.getMessage());
            } finally {
                if (launched) {
                    there.started();
                } else {
                    there.release();
                }
            }
        }
    }

    private Reservation reservation(Launch launch, Set<String> lost) {
        return placement
                .cluster()
                .map(cluster -> DaemonLoss.outlive(
                        "Choosing a member for " + launch.spec().container(),
                        () -> cluster.reserve(
                                launch.spec(),
                                launch.image().fingerprint(),
                                having(launch),
                                lost,
                                machines.map(MachineLimit::places))))
                .orElseGet(() -> new Reservation("", incus(), () -> {}, () -> {}));
    }

    private Set<String> having(Launch launch) {
        String pool = launch.spec().location().storagePool().orElse(placement.pool());
        return distribution
                .map(images -> images.having(launch.image().fingerprint(), pool))
                .orElse(Set.of());
    }

    private StemcellContainer launchOn(Reservation there, Launch launch, Runnable leave) {
        Instant begin = Instant.now();
        ContainerSpec spec = launch.spec();
        InstanceRequest request = new InstanceRequest(spec, placement, attachment(spec));
        boolean restarted = false;
        for (int draw = 1; ; draw++) {
            Instance instance = there.incus().instance(InstanceRequest.newName());
            DeadMansSwitch deadMansSwitch = new DeadMansSwitch(instance);
            NetworkLease network = NetworkLease.take(request.attachment(), spec.address(), user(instance, spec));
            Runnable release = () -> {
                network.release();
                there.release();
                leave.run();
            };
            try {
                return new ContainerStart(launch, request, network, deadMansSwitch, there, creations, begin, release)
                        .complete(lease, limits, packages);
            } catch (RuntimeException e) {
                boolean taken = addressWasTaken(e);
                boolean lost = !restarted && DaemonLoss.caused(e);
                boolean again = taken || lost;
                boolean kept = !again && end(launch, there.incus(), deadMansSwitch, e);
                if (!kept) {
                    deadMansSwitch.close();
                    discard(instance, e);
                    network.release();
                }
                if (lost) {
                    restarted = true;
                    DaemonLoss.forgetUnpacked(there.incus(), request.pool(), launch, e);
                }
                if (taken && spec.address().isPresent()) {
                    throw occupied(spec, e);
                }
                if (!again || draw == ADDRESS_DRAWS) {
                    throw e;
                }
            }
        }
    }

    private static String user(Instance instance, ContainerSpec spec) {
        return "the container '" + instance.name() + "'" + (spec.owner().isEmpty() ? "" : " for " + spec.owner());
    }

    private IncusStemcellException occupied(ContainerSpec spec, RuntimeException refusal) {
        String network = spec.network().orElseGet(() -> managedNetwork.ensure().name());
        return new IncusStemcellException(
                "The address " + spec.address().get().getHostAddress() + " on the network '" + network + "' of "
                        + incus().endpoint()
                        + " is in use by another container. Choose another one, or see who has it with: incus network list-leases "
                        + network,
                refusal);
    }

    private Optional<NetworkAttachment> attachment(ContainerSpec spec) {
        if (spec.network().filter(ContainerSpec.NO_NETWORK::equals).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(attachments.get(spec.network().orElse("")));
    }

    private NetworkAttachment attach(String name) {
        NetworkInfo network = Optional.of(name)
                .filter(named -> !named.isEmpty())
                .or(placement::network)
                .map(named -> NetworkAttachment.require(incus(), named))
                .orElseGet(managedNetwork::ensure);
        placement
                .cluster()
                .filter(members -> network.isManaged())
                .ifPresent(members -> members.requireEverywhere(
                        "network", "network create " + network.name(), network.name(), network.locations()));
        return new NetworkAttachment(incus(), network, placement.lowLevel(), managedNetwork.ipv6());
    }

    /** A bridge of a few containers' own; the addresses that it gave away are forgotten with it. */
    PrivateNetwork createNetwork(String owner) {
        return creations.create(() -> PrivateNetwork.create(
                incus(), placement.cluster(), lease.of(owner), managedNetwork.ipv6(), attachments::forget));
    }

    /**
     * Forgets the networks that are there no more, which somebody may have deleted.
     *
     * @return whether there were any
     */
    boolean forgetDeletedNetworks() {
        List<String> gone = new ArrayList<>();
        attachments.forEach((name, attachment) -> {
            if (incus().networks().find(attachment.network()).isEmpty()) {
                gone.add(name);
            }
        });
        gone.forEach(attachments::forget);
        return !gone.isEmpty();
    }

    private static boolean addressWasTaken(RuntimeException failure) {
        return failure instanceof IncusException refused && refused.getMessage().contains(ADDRESS_TAKEN);
    }

    /** {@return whether it is kept} */
    private boolean end(Launch launch, Incus there, DeadMansSwitch deadMansSwitch, RuntimeException reason) {
        Instance instance = deadMansSwitch.instance();
        try {
            if (launch.onFailure().equals(OnFailure.DELETE)
                    || there.instances().find(instance.name()).isEmpty()) {
                return false;
            }
            if (launch.onFailure().diagnoses()) {
                diagnose(instance, launch, reason);
            }
            if (launch.onFailure().keeps()) {
                KeptContainer.keep(deadMansSwitch);
                KeptContainer.tell(instance, launch.spec().container());
            }
            return launch.onFailure().keeps();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
            return false;
        }
    }

    /** Whatever goes wrong here: the container has to go, and why it did not come up is what counts. */
    private static void diagnose(Instance instance, Launch launch, RuntimeException reason) {
        try (Systemd systemd = Systemd.of(instance)) {
            Diagnostics found = new DiagnosticsCollector(
                            instance,
                            systemd,
                            new CommandLog(),
                            launch.spec().allArtifacts(),
                            DiagnosticsCollector.LIMIT)
                    .collect();
            launch.onFailure().diagnosed().accept(found);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Deletes what is of no use, as something failed for that reason. */
    static void discard(Instance instance, RuntimeException reason) {
        try {
            instance.delete();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** The project of all its containers. */
    String project() {
        return incus().project();
    }

    /** Whose members containers are spread over. */
    Optional<Cluster> cluster() {
        return placement.cluster();
    }

    private Incus incus() {
        return placement.incus();
    }

    @Override
    public void close() {
        distribution.ifPresent(ImageDistribution::close);
        placement.cluster().ifPresent(Cluster::close);
    }
}
