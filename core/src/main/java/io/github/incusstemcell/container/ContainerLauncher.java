package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Systemd;
import java.net.Inet4Address;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates a container from a prepared image, starts it, and waits until it has booted; or leaves nothing of it. */
final class ContainerLauncher {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);

    /** Other processes draw addresses from the same network; so often in a row they do not draw ours. */
    private static final int ADDRESS_DRAWS = 10;

    private static final String ADDRESS_TAKEN = "already defined on another NIC";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Placement placement;
    private final Lease lease;
    private final ManagedNetwork managedNetwork;
    private final Map<String, Attachment> attachments = new ConcurrentHashMap<>();

    ContainerLauncher(Placement placement, Lease lease, ManagedNetwork managedNetwork) {
        this.placement = placement;
        this.lease = lease;
        this.managedNetwork = managedNetwork;
    }

    /**
     * Finds out, without creating anything of the container, whether it can be created.
     *
     * @throws io.github.incusstemcell.IncusStemcellException if not
     */
    void check(ContainerSpec spec) {
        attachment(spec);
    }

    /**
     * @param asked when the image was asked for
     * @param ofFailedStart takes what can be found out about a container that did not come up, before it is deleted
     */
    StemcellContainer launch(
            ContainerSpec spec, StemcellImage image, Instant asked, Optional<Consumer<Diagnostics>> ofFailedStart) {
        Instant begin = Instant.now();
        Optional<Attachment> attachment = attachment(spec);
        for (int draw = 1; ; draw++) {
            Optional<Inet4Address> address = attachment.flatMap(Attachment::take);
            Instance instance = incus().instance(newName());
            try {
                return start(spec, image, attachment, address, instance, asked, begin);
            } catch (RuntimeException e) {
                if (!addressWasTaken(e)) {
                    ofFailedStart.ifPresent(listener -> diagnose(instance, listener));
                }
                discard(instance, e);
                address.ifPresent(attachment.get()::release);
                if (!addressWasTaken(e) || draw == ADDRESS_DRAWS) {
                    throw e;
                }
            }
        }
    }

    private StemcellContainer start(
            ContainerSpec spec,
            StemcellImage image,
            Optional<Attachment> attachment,
            Optional<Inet4Address> address,
            Instance instance,
            Instant asked,
            Instant begin) {
        incus().instances().create(request(spec, image, attachment, address, instance.name()));
        Instant started = Instant.now();
        Systemd systemd = Systemd.of(instance);
        Optional<Inet4Address> actual;
        try {
            new Booting(instance, systemd, image).await(spec.startupTimeout(), begin);
            actual = address.isPresent() || attachment.isEmpty()
                    ? address
                    : Optional.of(new DhcpAddress(instance).await(spec.startupTimeout(), begin));
        } catch (RuntimeException e) {
            systemd.close();
            throw e;
        }
        Instant booted = Instant.now();
        LOG.info(
                "{} ({}) is up at {} after {} ms, {} ms of them until it was started",
                instance.name(),
                image,
                actual.map(Inet4Address::getHostAddress).orElse("no address"),
                Duration.between(begin, booted).toMillis(),
                Duration.between(begin, started).toMillis());
        Runnable release = () -> address.ifPresent(taken -> attachment.get().release(taken));
        StartTimes times = new StartTimes(asked, begin, started, booted);
        return new StemcellContainer(instance, image, actual, spec.startupTimeout(), times, systemd, release);
    }

    private NewInstance request(
            ContainerSpec spec,
            StemcellImage image,
            Optional<Attachment> attachment,
            Optional<Inet4Address> address,
            String name) {
        Map<String, Map<String, String>> devices = new LinkedHashMap<>();
        devices.put("root", Map.of("type", "disk", "path", "/", "pool", placement.pool()));
        attachment.ifPresent(network -> devices.put("eth0", network.nic(address)));
        spec.devices()
                .forEach((device, options) -> devices.merge(device, options, (ours, theirs) -> {
                    Map<String, String> both = new LinkedHashMap<>(ours);
                    both.putAll(theirs);
                    return both;
                }));
        Map<String, String> config = new LinkedHashMap<>();
        // Left unset, Incus would start the container again after a crash of the host, long after its test.
        config.put("boot.autostart", "false");
        attachment.ifPresent(network -> config.putAll(network.config(address)));
        config.putAll(lease.of(spec.owner()).keys());
        spec.config().forEach((key, value) -> {
            // Our part of raw.lxc is the address; the user's lines come on top of it.
            config.merge(key, value, (ours, theirs) -> key.equals("raw.lxc") ? ours + theirs : theirs);
        });
        NewInstance.Builder request = NewInstance.named(name)
                .image(image.fingerprint())
                .start()
                .profiles(spec.profiles())
                .config(config);
        devices.forEach(request::device);
        return request.build();
    }

    /** One per network, since it knows which addresses of it this process uses. */
    private Optional<Attachment> attachment(ContainerSpec spec) {
        if (spec.network().filter(ContainerSpec.NO_NETWORK::equals).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(attachments.computeIfAbsent(spec.network().orElse(""), this::attach));
    }

    private Attachment attach(String name) {
        return new Attachment(
                incus(),
                name.isEmpty() ? managedNetwork.ensure() : Attachment.require(incus(), name),
                placement.lowLevel());
    }

    /** A bridge of a few containers' own; the addresses that it gave away are forgotten with it. */
    PrivateNetwork createNetwork(String owner) {
        return PrivateNetwork.create(incus(), lease.of(owner), attachments::remove);
    }

    private static boolean addressWasTaken(RuntimeException failure) {
        return failure instanceof IncusException && failure.getMessage().contains(ADDRESS_TAKEN);
    }

    private static void diagnose(Instance instance, Consumer<Diagnostics> listener) {
        try {
            instance.state();
        } catch (IncusException e) {
            // There never was such an instance, or the daemon is gone: the failure of the start says all that is known.
            return;
        }
        try (Systemd systemd = Systemd.of(instance)) {
            listener.accept(new DiagnosticsCollector(instance, systemd, new CommandLog(), DiagnosticsCollector.LIMIT)
                    .collect());
        }
    }

    private static void discard(Instance instance, RuntimeException reason) {
        try {
            instance.delete();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Short, since it is the guest's hostname; by chance, since names on one bridge are unique across all projects. */
    private static String newName() {
        return "ic-" + Long.toString(RANDOM.nextLong(36L * 36 * 36 * 36 * 36 * 36 * 36), 36);
    }

    private Incus incus() {
        return placement.incus();
    }
}
