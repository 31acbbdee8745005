package io.github.incusstemcell.container;

import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a container is to be: its stemcell and its settings. Immutable; made by {@link #builder}, and changed by {@link #toBuilder()}.
 *
 * @param image the stemcell
 * @param overlay what is laid over the stemcell's own files
 * @param files what stands in the guest before its first process runs, in the order in which it is written
 * @param limits how much of the machine it may use
 * @param location where on the daemon it stands
 * @param network the name of an existing Incus network, {@code none} for no network at all, or empty for the one that
 *     this library makes for itself
 * @param address its address in the subnet of that network, or empty for any
 * @param config instance configuration by Incus's own keys, such as {@code security.nesting}
 * @param devices instance devices by name, each by Incus's own keys
 * @param profiles names of Incus profiles, applied in this order below everything else
 * @param logsJournal whether the guest's journal is written to our log as long as the container is there
 * @param artifacts paths in the guest whose content {@link StemcellContainer#diagnose()} fetches
 * @param owner for what the container is started, such as the test's class and method; short, or empty
 * @param startupTimeout how long starting may take until systemd has finished booting; positive
 * @param boots whether it is started; if not, it is only created, and nothing is laid over the stemcell's own files
 * @param provisioning what is done once to a container of the image, so that this one starts with it
 */
public record ContainerSpec(
        ImageReference image,
        GuestOverlay overlay,
        List<BootFile> files,
        Limits limits,
        Location location,
        Optional<String> network,
        Optional<Inet4Address> address,
        Map<String, String> config,
        Map<String, Map<String, String>> devices,
        List<String> profiles,
        boolean logsJournal,
        List<String> artifacts,
        String owner,
        Duration startupTimeout,
        boolean boots,
        Optional<Provisioning> provisioning) {

    /** The value of {@link #network()} for a container without any network. */
    public static final String NO_NETWORK = "none";

    /** How long a start may take where nothing else is said: a stemcell boots in about a second. */
    public static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofSeconds(60);

    /**
     * Checks and copies everything.
     *
     * @throws IllegalArgumentException if the timeout is not positive, or an artifact is no path to fetch
     */
    public ContainerSpec {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(overlay, "overlay");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(location, "location");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(provisioning, "provisioning");
        files = List.copyOf(files);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        devices = new LinkedHashMap<>(devices);
        devices.replaceAll((name, options) -> Map.copyOf(options));
        devices = Collections.unmodifiableMap(devices);
        profiles = List.copyOf(profiles);
        artifacts = List.copyOf(artifacts);
        artifacts.forEach(ArtifactDownload::requirePath);
        if (startupTimeout.isNegative() || startupTimeout.isZero()) {
            throw new IllegalArgumentException("The startup timeout must be positive, but it is " + startupTimeout);
        }
    }

    /**
     * A container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell in the notation of {@link ImageReference#parse}
     * @return the specification
     */
    public static ContainerSpec of(String image) {
        return of(ImageReference.parse(image));
    }

    /**
     * A container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell
     * @return the specification
     */
    public static ContainerSpec of(ImageReference image) {
        return builder(image).build();
    }

    /**
     * Begins with a container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell in the notation of {@link ImageReference#parse}
     * @return a builder
     */
    public static ContainerSpecBuilder builder(String image) {
        return builder(ImageReference.parse(image));
    }

    /**
     * Begins with a container of a stemcell, with nothing but defaults.
     *
     * @param image the stemcell
     * @return a builder
     */
    public static ContainerSpecBuilder builder(ImageReference image) {
        return new ContainerSpecBuilder(image);
    }

    /**
     * Begins with this one.
     *
     * @return a builder of one that is the same, until it is told otherwise
     */
    public ContainerSpecBuilder toBuilder() {
        return new ContainerSpecBuilder(this);
    }

    /**
     * The container in which the provisioning is done. It has no files, no agent, and not the address of those that start from what comes
     * of it.
     */
    ContainerSpec ofProvisioning(Provisioning done) {
        return toBuilder().ofProvisioning("provisioning by " + done.name()).build();
    }

    /** All that stands in the guest before its first process runs. */
    List<BootFile> bootFiles() {
        List<BootFile> all = new ArrayList<>();
        if (boots) {
            UnitEnvironment.of(config).ifPresent(all::add);
        }
        all.addAll(files);
        return all;
    }

    /** What is fetched of a failed test: with an agent, its log where it is none of the journal, and monit's. */
    List<String> allArtifacts() {
        List<String> all = new ArrayList<>(artifacts);
        if (startsAgent() || BootFiles.agentSettings(files).isPresent()) {
            all.addAll(List.of("/var/vcap/bosh/log", "/var/vcap/monit/monit.log"));
        }
        return all;
    }

    /** Whether the agent of the stemcell is started by settings of ours. */
    boolean startsAgent() {
        return files.stream().anyMatch(BootFile.Agent.class::isInstance);
    }

    /** As messages name it. */
    String container() {
        return owner.isEmpty() ? "the container" : "the container for " + owner;
    }
}
