package io.github.incusstemcell.container;

import io.github.incusstemcell.container.ContainerLauncher.Launch;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try to create a container and, if it is to boot, to boot it. What is left of one that fails is for the launcher to remove.
 *
 * @param launch what is launched
 * @param request what Incus is asked for
 * @param network what the container has of its network
 * @param deadMansSwitch the one of the container, which names it
 * @param there where it is created
 * @param creations by which it is created
 * @param begin when a thread began with it
 * @param release is run when the container is gone
 */
record ContainerStart(
        Launch launch,
        InstanceRequest request,
        NetworkLease network,
        DeadMansSwitch deadMansSwitch,
        Reservation there,
        Creations creations,
        Instant begin,
        Runnable release) {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);

    StemcellContainer complete(Lease lease, LimitCheck limits, CompiledPackages packages) {
        ContainerSpec spec = launch.spec();
        NewInstance created = request(lease);
        StartRefusal refusal = new StartRefusal(instance(), image(), spec.overlay());
        long asked = System.nanoTime();
        create(created, refusal);
        GuestAgent.Access agent =
                new GuestAgent.Access(request.agentSettings(instance().name(), network.address()), packages);
        if (!launch.startsAtOnce()) {
            launch.beforeBoot().ifPresent(look -> look.accept(instance().files()));
            new BootFiles(spec.bootFiles())
                    .withAgent(agent.settings())
                    .writeTo(instance().files());
        }
        if (!spec.boots()) {
            return unbooted(agent);
        }
        if (!launch.startsAtOnce()) {
            asked = System.nanoTime();
            Refusal.explaining(instance()::start, refusal);
        }
        Instant started = Instant.now();
        Deadline deadline = Deadline.in(spec.startupTimeout());
        deadMansSwitch.arm(asked);
        RsaHostKeys.forgetIn(instance(), created);
        return booted(limits, started, deadline, agent);
    }

    private NewInstance request(Lease lease) {
        ContainerSpec spec = launch.spec();
        NewInstance.Builder wanted = request.create(
                instance().name(), image().fingerprint(), network.address(), lease.renewedOf(spec.owner()));
        Optional.of(there.target())
                .filter(member -> !member.isEmpty())
                .or(spec.location()::target)
                .ifPresent(wanted::target);
        return (launch.startsAtOnce() ? wanted.start() : wanted).build();
    }

    private void create(NewInstance created, StartRefusal refusal) {
        Map<String, String> root = created.devices().getOrDefault("root", Map.of());
        Refusal.explaining(
                () -> creations.create(() -> there.incus().instances().create(created)),
                refusal,
                new OptionRefusal(request.placement().incus(), launch.spec()),
                new CreateRefusal(image(), request.placement().incus().project(), root.getOrDefault("pool", "")));
    }

    private StemcellContainer booted(LimitCheck limits, Instant started, Deadline deadline, GuestAgent.Access agent) {
        ContainerSpec spec = launch.spec();
        Systemd systemd = Systemd.of(instance());
        GuestAddress address;
        try {
            new Booting(deadMansSwitch, systemd, image()).await(deadline);
            limits.check(instance(), spec);
            address = network.afterBoot(instance(), deadline);
            address.bringUp(instance());
        } catch (RuntimeException e) {
            systemd.close();
            throw e;
        }
        Instant booted = Instant.now();
        LOG.info(
                "{}{} ({}) is up at {} after {} ms, {} ms of them until it was started",
                instance().name(),
                spec.owner().isEmpty() ? "" : " for " + spec.owner(),
                image(),
                address,
                Duration.between(begin, booted).toMillis(),
                Duration.between(begin, started).toMillis());
        StemcellContainer container = new StemcellContainer(
                deadMansSwitch,
                creations,
                image(),
                spec,
                address,
                new StartTimes(launch.asked(), begin, started, booted),
                systemd,
                agent,
                release);
        try {
            container.awaitAgent(deadline);
        } catch (RuntimeException e) {
            container.release();
            throw e;
        }
        return container;
    }

    private StemcellContainer unbooted(GuestAgent.Access agent) {
        Instant created = Instant.now();
        LOG.info("{} ({}) is created, and not started", instance().name(), image());
        return new StemcellContainer(
                deadMansSwitch,
                creations,
                image(),
                launch.spec(),
                network.beforeBoot(instance()),
                new StartTimes(launch.asked(), begin, created, created),
                Systemd.of(instance()),
                agent,
                release);
    }

    private Instance instance() {
        return deadMansSwitch.instance();
    }

    private StemcellImage image() {
        return launch.image();
    }
}
