package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.ContainerSpecBuilder;
import io.github.incusstemcell.container.Limits;
import io.github.incusstemcell.container.Location;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.InvalidImageReferenceException;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What the code of a test and the configuration together say about a container.
 *
 * <p>About <em>what</em> is tested the code decides, and the configuration fills gaps; about <em>how</em> it is run the
 * configuration decides, so that a person can keep a container without editing a test.
 *
 * @param spec what the container is to be
 * @param cleanup when it is deleted
 * @param reset whether it is reset between tests
 */
record MachineSettings(ContainerSpec spec, Cleanup cleanup, boolean reset) {

    /**
     * @param template what the code says
     * @param owner the class or method that the container is for
     */
    static MachineSettings of(Template template, String owner, Configuration configuration) {
        ContainerSpecBuilder spec = ContainerSpec.builder(image(template, configuration))
                .owner(owner)
                .overlay(GuestOverlay.standard().without(configuration.parts(Key.OVERLAY_WITHOUT)))
                .startupTimeout(startupTimeout(template, configuration));
        template.network().or(() -> configuration.get(Key.NETWORK)).ifPresent(spec::network);
        return new MachineSettings(
                run(withLimits(template.options().apply(spec.build()), configuration), configuration),
                cleanup(template, configuration),
                template.reset());
    }

    /** The same for one of several machines. */
    MachineSettings named(String node) {
        return node.isEmpty()
                ? this
                : new MachineSettings(
                        spec.toBuilder()
                                .owner(spec.owner() + ", the node '" + node + "'")
                                .build(),
                        cleanup,
                        reset);
    }

    /** The same, provisioned by a method of the test's class. */
    MachineSettings provisionedBy(ProvisionMethod method) {
        spec.provisioning().ifPresent(other -> {
            throw new ExtensionConfigurationException("For " + spec.owner() + " there are both " + method.origin()
                    + " and builder().provision(" + other.name()
                    + "), so which of them goes first is not clear. Remove one of them");
        });
        return new MachineSettings(
                spec.toBuilder().provisioning(method.provisioning()).build(), cleanup, reset);
    }

    /** Where the code says nothing of it, by a setting of ours or by Incus's own key. */
    private static ContainerSpec withLimits(ContainerSpec spec, Configuration configuration) {
        Limits limits = spec.limits();
        if (limits.cpu().isEmpty() && !spec.config().containsKey("limits.cpu")) {
            limits = configuration.set(Key.LIMITS_CPU, limits, Limits::withCpu);
        }
        if (limits.memory().isEmpty() && !spec.config().containsKey("limits.memory")) {
            limits = configuration.set(Key.LIMITS_MEMORY, limits, Limits::withMemory);
        }
        if (limits.disk().isEmpty()
                && !spec.devices().getOrDefault("root", Map.of()).containsKey("size")) {
            limits = configuration.set(Key.LIMITS_DISK, limits, Limits::withDisk);
        }
        return spec.toBuilder().limits(limits).build();
    }

    /** Where and how it is run is up to the configuration, whatever the code says. Project and pool are those of the connection then. */
    private static ContainerSpec run(ContainerSpec spec, Configuration configuration) {
        Location said = spec.location();
        Location location = new Location(
                said.project().filter(name -> configuration.get(Key.PROJECT).isEmpty()),
                said.storagePool()
                        .filter(name -> configuration.get(Key.STORAGE_POOL).isEmpty()),
                configuration.get(Key.TARGET).or(said::target));
        boolean journal = configuration.flag(Key.JOURNAL).orElse(spec.logsJournal());
        return spec.toBuilder().location(location).journalInLog(journal).build();
    }

    private static ImageReference image(Template template, Configuration configuration) {
        return template.image()
                .map(ImageReference::parse)
                .or(() -> configured(configuration))
                .orElseThrow(() -> new ExtensionConfigurationException(template.origin() + " names no image, and "
                        + Key.IMAGE.property() + " is not set. Write for example"
                        + " @IncusStemcell(\"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165\")"));
    }

    private static Optional<ImageReference> configured(Configuration configuration) {
        return configuration.set(Key.IMAGE, Optional.empty(), (none, text) -> {
            try {
                return Optional.of(ImageReference.parse(text));
            } catch (InvalidImageReferenceException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
    }

    private static Duration startupTimeout(Template template, Configuration configuration) {
        return configuration
                .seconds(Key.STARTUP_TIMEOUT)
                .map(Duration::ofSeconds)
                .or(template::startupTimeout)
                .orElse(ContainerSpec.DEFAULT_STARTUP_TIMEOUT);
    }

    private static Cleanup cleanup(Template template, Configuration configuration) {
        return configuration.word(Key.CLEANUP, Cleanup.values()).orElse(template.cleanup());
    }
}
