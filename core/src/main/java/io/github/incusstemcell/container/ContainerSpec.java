package io.github.incusstemcell.container;

import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a container is to be: its stemcell and its settings. Immutable; each {@code with} method returns a changed copy.
 *
 * @param image the stemcell; not null
 * @param overlay what is laid over the stemcell's own files; not null
 * @param network the name of an existing Incus network, {@code none} for no network at all, or empty for the one that
 *     this library makes for itself; not null
 * @param config instance configuration by Incus's own keys, such as {@code security.nesting}; not null
 * @param devices instance devices by name, each by Incus's own keys; not null
 * @param profiles names of Incus profiles, applied in this order below everything else; not null
 * @param owner for what the container is started, such as the test's class and method; short, or empty; not null
 * @param startupTimeout how long starting may take until systemd has finished booting; positive
 */
public record ContainerSpec(
        ImageReference image,
        GuestOverlay overlay,
        Optional<String> network,
        Map<String, String> config,
        Map<String, Map<String, String>> devices,
        List<String> profiles,
        String owner,
        Duration startupTimeout) {

    /** The value of {@link #network()} for a container without any network. */
    public static final String NO_NETWORK = "none";

    /** How long a start may take where nothing else is said: a stemcell boots in about a second. */
    public static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofSeconds(60);

    /**
     * Checks and copies everything.
     *
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public ContainerSpec {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(overlay, "overlay");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(owner, "owner");
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
        profiles = List.copyOf(profiles);
        if (startupTimeout.isNegative() || startupTimeout.isZero()) {
            throw new IllegalArgumentException("The startup timeout must be positive, but it is " + startupTimeout);
        }
    }

    /**
     * A container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell in the notation of {@link ImageReference#parse}; not null
     * @return the specification; not null
     */
    public static ContainerSpec of(String image) {
        return of(ImageReference.parse(image));
    }

    /**
     * A container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell; not null
     * @return the specification; not null
     */
    public static ContainerSpec of(ImageReference image) {
        return new ContainerSpec(
                image,
                GuestOverlay.standard(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of(),
                "",
                DEFAULT_STARTUP_TIMEOUT);
    }

    /**
     * The same with another overlay.
     *
     * @param changed the overlay; not null
     * @return the copy; not null
     */
    public ContainerSpec withOverlay(GuestOverlay changed) {
        return new ContainerSpec(image, changed, network, config, devices, profiles, owner, startupTimeout);
    }

    /**
     * The same on another network.
     *
     * @param name the name of an existing Incus network, or {@link #NO_NETWORK}; not null
     * @return the copy; not null
     */
    public ContainerSpec withNetwork(String name) {
        return new ContainerSpec(image, overlay, Optional.of(name), config, devices, profiles, owner, startupTimeout);
    }

    /**
     * The same with one more configuration key.
     *
     * @param key one of Incus's instance options; not null
     * @param value its value as Incus writes it; not null
     * @return the copy; not null
     */
    public ContainerSpec withConfig(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(config);
        changed.put(key, value);
        return new ContainerSpec(image, overlay, network, changed, devices, profiles, owner, startupTimeout);
    }

    /**
     * The same with one more device. For {@code root} and {@code eth0}, which every container has, the options come on top of ours:
     * {@code size} and {@code pool} of the root disk, for example.
     *
     * @param name the device's name; not null
     * @param options its options, {@code type} among them where the device is a new one; not null
     * @return the copy; not null
     */
    public ContainerSpec withDevice(String name, Map<String, String> options) {
        Map<String, Map<String, String>> changed = new LinkedHashMap<>(devices);
        changed.put(name, Map.copyOf(options));
        return new ContainerSpec(image, overlay, network, config, changed, profiles, owner, startupTimeout);
    }

    /**
     * The same with other profiles.
     *
     * @param names the profiles in the order in which they apply; not null
     * @return the copy; not null
     */
    public ContainerSpec withProfiles(List<String> names) {
        return new ContainerSpec(image, overlay, network, config, devices, names, owner, startupTimeout);
    }

    /**
     * The same, started for somebody.
     *
     * @param name for what the container is started, such as the test's class and method; not null
     * @return the copy; not null
     */
    public ContainerSpec withOwner(String name) {
        return new ContainerSpec(image, overlay, network, config, devices, profiles, name, startupTimeout);
    }

    /**
     * The same with another limit for its start.
     *
     * @param timeout how long starting may take until systemd has finished booting; positive
     * @return the copy; not null
     */
    public ContainerSpec withStartupTimeout(Duration timeout) {
        return new ContainerSpec(image, overlay, network, config, devices, profiles, owner, timeout);
    }
}
