package io.github.incusstemcell.container;

import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a container is to be: its stemcell and its settings. Immutable; each {@code with} method returns a changed copy.
 *
 * @param image the stemcell; not null
 * @param overlay what is laid over the stemcell's own files; not null
 * @param files what stands in the guest before its first process runs, in the order in which it is written; not null
 * @param limits how much of the machine it may use; not null
 * @param location where on the daemon it stands; not null
 * @param network the name of an existing Incus network, {@code none} for no network at all, or empty for the one that
 *     this library makes for itself; not null
 * @param address its address in the subnet of that network, or empty for any; not null
 * @param config instance configuration by Incus's own keys, such as {@code security.nesting}; not null
 * @param devices instance devices by name, each by Incus's own keys; not null
 * @param profiles names of Incus profiles, applied in this order below everything else; not null
 * @param logsJournal whether the guest's journal is written to our log as long as the container is there
 * @param artifacts paths in the guest whose content {@link StemcellContainer#diagnose()} fetches; not null
 * @param owner for what the container is started, such as the test's class and method; short, or empty; not null
 * @param startupTimeout how long starting may take until systemd has finished booting; positive
 * @param boots whether it is started; if not, it is only created, and nothing is laid over the stemcell's own files
 * @param provisioning what is done once to a container of the image, so that this one starts with it; not null
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
        return new Draft(image).finish();
    }

    /**
     * The same with another overlay.
     *
     * @param changed the overlay; not null
     * @return the copy; not null
     */
    public ContainerSpec withOverlay(GuestOverlay changed) {
        return with(draft -> draft.overlay = changed);
    }

    /**
     * The same with one more thing that stands in the guest before its first process runs.
     *
     * @param file what, and where; not null
     * @return the copy; not null
     */
    public ContainerSpec withFile(BootFile file) {
        return with(draft -> {
            draft.files = new ArrayList<>(draft.files);
            draft.files.add(file);
        });
    }

    /**
     * The same with settings for the BOSH agent, in {@value BootFile#AGENT_SETTINGS}: it then starts as it does on a virtual machine.
     *
     * @param json what a CPI would hand to the agent, a JSON object; not null
     * @return the copy; not null
     * @throws IllegalArgumentException if it is no JSON object
     */
    public ContainerSpec withAgentSettings(String json) {
        return withFile(BootFile.agentSettings(json));
    }

    /**
     * The same with the content of a folder of this machine in {@code /var/vcap/data}, and in it the folders {@code sys/run} and {@code
     * sys/log}, as the BOSH agent makes them, for one of which monit waits.
     *
     * @param folder the folder; not null
     * @return the copy; not null
     */
    public ContainerSpec withData(Path folder) {
        return withFile(new BootFile.Copy("/var/vcap/data", folder))
                .withFile(new BootFile.Folder("/var/vcap/data/sys/run"))
                .withFile(new BootFile.Folder("/var/vcap/data/sys/log"));
    }

    /**
     * The same with other limits.
     *
     * @param changed how much of the machine it may use; not null
     * @return the copy; not null
     */
    public ContainerSpec withLimits(Limits changed) {
        return with(draft -> draft.limits = changed);
    }

    /**
     * The same in another place.
     *
     * @param changed where on the daemon it stands; not null
     * @return the copy; not null
     */
    public ContainerSpec withLocation(Location changed) {
        return with(draft -> draft.location = changed);
    }

    /**
     * The same on another network.
     *
     * @param name the name of an existing Incus network, or {@link #NO_NETWORK}; not null
     * @return the copy; not null
     */
    public ContainerSpec withNetwork(String name) {
        return with(draft -> draft.network = Optional.of(name));
    }

    /**
     * The same with an address of its own choice, which no two containers can have at once. Of the network that this library makes,
     * take one in the upper half of the subnet: the others are drawn for containers that do not choose.
     *
     * @param ipv4 an address in the subnet of its network, such as {@code 10.78.0.50}; not null
     * @return the copy; not null
     * @throws IllegalArgumentException if this is no IPv4 address
     */
    public ContainerSpec withAddress(String ipv4) {
        return with(draft -> draft.address = Optional.of(Subnet.address(ipv4)));
    }

    /**
     * The same with one more configuration key.
     *
     * @param key one of Incus's instance options; not null
     * @param value its value as Incus writes it; not null
     * @return the copy; not null
     */
    public ContainerSpec withConfig(String key, String value) {
        return with(draft -> {
            draft.config = new LinkedHashMap<>(draft.config);
            draft.config.put(key, value);
        });
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
        return with(draft -> {
            draft.devices = new LinkedHashMap<>(draft.devices);
            draft.devices.put(name, Map.copyOf(options));
        });
    }

    /**
     * The same with other profiles.
     *
     * @param names the profiles in the order in which they apply; not null
     * @return the copy; not null
     */
    public ContainerSpec withProfiles(List<String> names) {
        return with(draft -> draft.profiles = names);
    }

    /**
     * The same with the guest's journal in our log, each line after the container's name, at the level of its priority, by the logger
     * {@value JournalLog#LOGGER}.
     *
     * @param wanted whether it is written
     * @return the copy; not null
     */
    public ContainerSpec withJournalInLog(boolean wanted) {
        return with(draft -> draft.logsJournal = wanted);
    }

    /**
     * The same with other artifacts: files of the guest, and folders with all that is below them, which {@link StemcellContainer#diagnose()}
     * fetches besides what it finds out. {@value ArtifactDownload#LOGS} is fetched anyway where there is one.
     *
     * @param paths absolute paths in the guest; not null
     * @return the copy; not null
     * @throws IllegalArgumentException if one of them is not absolute, or the root of the file system
     */
    public ContainerSpec withArtifacts(List<String> paths) {
        return with(draft -> draft.artifacts = paths);
    }

    /**
     * The same, started for somebody.
     *
     * @param name for what the container is started, such as the test's class and method; not null
     * @return the copy; not null
     */
    public ContainerSpec withOwner(String name) {
        return with(draft -> draft.owner = name);
    }

    /**
     * The same with another limit for its start.
     *
     * @param timeout how long starting may take until systemd has finished booting; positive
     * @return the copy; not null
     */
    public ContainerSpec withStartupTimeout(Duration timeout) {
        return with(draft -> draft.startupTimeout = timeout);
    }

    /**
     * The same, created but not started, for tests of what the stemcell itself says: without the overlay, its files are those of the
     * image. {@link StemcellContainer#boot()} boots it as it is, as a start of the published image would; what
     * waits there for the BOSH agent, as rsyslog does, may hold that boot up for longer than the startup timeout.
     *
     * @return the copy; not null
     */
    public ContainerSpec withoutBoot() {
        return with(draft -> {
            draft.boots = false;
            draft.overlay = GuestOverlay.standard().without(OverlayPart.values());
        });
    }

    /**
     * The same, started from an image that was provisioned in a container of this image, with this configuration, these devices and these
     * profiles. The provisioning is done where no image of it is kept yet.
     *
     * @param changed the provisioning; not null
     * @return the copy; not null
     */
    public ContainerSpec withProvisioning(Provisioning changed) {
        return with(draft -> draft.provisioning = Optional.of(changed));
    }

    /**
     * The same, in which the stemcell's BOSH agent is started, by settings made for this container: it has answered when the start is over,
     * and {@link StemcellContainer#agent()} speaks to it. Its {@code /var/vcap/data} is a tmpfs, which a restart empties; how large it may
     * become is said by {@link Limits#withAgentData}.
     *
     * @return the copy; not null
     */
    public ContainerSpec withAgent() {
        return withFile(new BootFile.Agent());
    }

    /**
     * The container in which the provisioning is done. It has no files, no agent, and not the address of those that start from what comes
     * of it.
     */
    ContainerSpec ofProvisioning(Provisioning done) {
        return with(draft -> {
            draft.files = List.of();
            draft.address = Optional.empty();
            draft.owner = "provisioning by " + done.name();
            draft.provisioning = Optional.empty();
        });
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

    private ContainerSpec with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** The same fields, not yet final; its lists and maps are not its own. */
    private static final class Draft {

        private final ImageReference image;
        private GuestOverlay overlay = GuestOverlay.standard();
        private List<BootFile> files = List.of();
        private Limits limits = Limits.NONE;
        private Location location = Location.DEFAULT;
        private Optional<String> network = Optional.empty();
        private Optional<Inet4Address> address = Optional.empty();
        private Map<String, String> config = Map.of();
        private Map<String, Map<String, String>> devices = Map.of();
        private List<String> profiles = List.of();
        private boolean logsJournal;
        private List<String> artifacts = List.of();
        private String owner = "";
        private Duration startupTimeout = DEFAULT_STARTUP_TIMEOUT;
        private boolean boots = true;
        private Optional<Provisioning> provisioning = Optional.empty();

        Draft(ImageReference image) {
            this.image = image;
        }

        Draft(ContainerSpec spec) {
            image = spec.image;
            overlay = spec.overlay;
            files = spec.files;
            limits = spec.limits;
            location = spec.location;
            network = spec.network;
            address = spec.address;
            config = spec.config;
            devices = spec.devices;
            profiles = spec.profiles;
            logsJournal = spec.logsJournal;
            artifacts = spec.artifacts;
            owner = spec.owner;
            startupTimeout = spec.startupTimeout;
            boots = spec.boots;
            provisioning = spec.provisioning;
        }

        ContainerSpec finish() {
            return new ContainerSpec(
                    image,
                    overlay,
                    files,
                    limits,
                    location,
                    network,
                    address,
                    config,
                    devices,
                    profiles,
                    logsJournal,
                    artifacts,
                    owner,
                    startupTimeout,
                    boots,
                    provisioning);
        }
    }
}
