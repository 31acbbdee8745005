package io.github.incusstemcell.container;

import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a container is to be, step by step; everything but the stemcell has a default. Not thread-safe. */
public final class ContainerSpecBuilder {

    private final ImageReference image;
    private GuestOverlay overlay = GuestOverlay.standard();
    private final List<BootFile> files = new ArrayList<>();
    private Limits limits = Limits.NONE;
    private Location location = Location.DEFAULT;
    private Optional<String> network = Optional.empty();
    private Optional<Inet4Address> address = Optional.empty();
    private final Map<String, String> config = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> devices = new LinkedHashMap<>();
    private List<String> profiles = List.of();
    private boolean logsJournal;
    private List<String> artifacts = List.of();
    private String owner = "";
    private Duration startupTimeout = ContainerSpec.DEFAULT_STARTUP_TIMEOUT;
    private boolean boots = true;
    private Optional<Provisioning> provisioning = Optional.empty();

    ContainerSpecBuilder(ImageReference image) {
        this.image = image;
    }

    ContainerSpecBuilder(ContainerSpec spec) {
        image = spec.image();
        overlay = spec.overlay();
        files.addAll(spec.files());
        limits = spec.limits();
        location = spec.location();
        network = spec.network();
        address = spec.address();
        config.putAll(spec.config());
        devices.putAll(spec.devices());
        profiles = spec.profiles();
        logsJournal = spec.logsJournal();
        artifacts = spec.artifacts();
        owner = spec.owner();
        startupTimeout = spec.startupTimeout();
        boots = spec.boots();
        provisioning = spec.provisioning();
    }

    /**
     * What is laid over the stemcell's own files.
     *
     * @param changed the overlay
     * @return this builder
     */
    public ContainerSpecBuilder overlay(GuestOverlay changed) {
        overlay = changed;
        return this;
    }

    /**
     * Adds a thing that stands in the guest before its first process runs.
     *
     * @param file what, and where
     * @return this builder
     */
    public ContainerSpecBuilder file(BootFile file) {
        files.add(Objects.requireNonNull(file, "file"));
        return this;
    }

    /**
     * Adds settings for the BOSH agent, in {@value BootFile#AGENT_SETTINGS}: it then starts as it does on a virtual machine.
     *
     * @param json what a CPI would hand to the agent, a JSON object
     * @return this builder
     * @throws IllegalArgumentException if it is no JSON object
     */
    public ContainerSpecBuilder agentSettings(String json) {
        return file(BootFile.agentSettings(json));
    }

    /**
     * Adds the content of a folder of this machine as {@code /var/vcap/data}, and in it the folders {@code sys/run} and {@code
     * sys/log}, as the BOSH agent makes them, for one of which monit waits.
     *
     * @param folder the folder
     * @return this builder
     */
    public ContainerSpecBuilder data(Path folder) {
        return file(new BootFile.Copy("/var/vcap/data", folder))
                .file(new BootFile.Folder("/var/vcap/data/sys/run"))
                .file(new BootFile.Folder("/var/vcap/data/sys/log"));
    }

    /**
     * How much of the machine it may use.
     *
     * @param changed how much of the machine it may use
     * @return this builder
     */
    public ContainerSpecBuilder limits(Limits changed) {
        limits = changed;
        return this;
    }

    /**
     * Where on the daemon it stands.
     *
     * @param changed where on the daemon it stands
     * @return this builder
     */
    public ContainerSpecBuilder location(Location changed) {
        location = changed;
        return this;
    }

    /**
     * The network that it is on, instead of the one that this library makes for itself.
     *
     * @param name the name of an existing Incus network, or {@link ContainerSpec#NO_NETWORK}
     * @return this builder
     */
    public ContainerSpecBuilder network(String name) {
        network = Optional.of(name);
        return this;
    }

    /**
     * Gives it an address of its own choice, which no two containers can have at once. Of the network that this library makes,
     * take one in the upper half of the subnet: the others are drawn for containers that do not choose.
     *
     * @param ipv4 an address in the subnet of its network, such as {@code 10.78.0.50}
     * @return this builder
     * @throws IllegalArgumentException if this is no IPv4 address
     */
    public ContainerSpecBuilder address(String ipv4) {
        address = Optional.of(Subnet.address(ipv4));
        return this;
    }

    /**
     * Adds a configuration key.
     *
     * @param key one of Incus's instance options
     * @param value its value as Incus writes it
     * @return this builder
     */
    public ContainerSpecBuilder config(String key, String value) {
        config.put(key, value);
        return this;
    }

    /**
     * Adds a device. For {@code root} and {@code eth0}, which every container has, the options come on top of ours:
     * {@code size} and {@code pool} of the root disk, for example.
     *
     * @param name the device's name
     * @param options its options, {@code type} among them where the device is a new one
     * @return this builder
     */
    public ContainerSpecBuilder device(String name, Map<String, String> options) {
        devices.put(name, Map.copyOf(options));
        return this;
    }

    /**
     * Which profiles apply, instead of any before.
     *
     * @param names the profiles in the order in which they apply
     * @return this builder
     */
    public ContainerSpecBuilder profiles(List<String> names) {
        profiles = names;
        return this;
    }

    /**
     * Writes the guest's journal to our log, each line after the container's name, at the level of its priority, by the logger
     * {@value JournalLog#LOGGER}.
     *
     * @param wanted whether it is written
     * @return this builder
     */
    public ContainerSpecBuilder journalInLog(boolean wanted) {
        logsJournal = wanted;
        return this;
    }

    /**
     * Which artifacts there are, instead of any before: files of the guest, and folders with all that is below them, which {@link StemcellContainer#diagnose()}
     * fetches besides what it finds out. {@value ArtifactDownload#LOGS} is fetched anyway where there is one.
     *
     * @param paths absolute paths in the guest
     * @return this builder
     * @throws IllegalArgumentException if one of them is not absolute, or the root of the file system
     */
    public ContainerSpecBuilder artifacts(List<String> paths) {
        paths.forEach(ArtifactDownload::requirePath);
        artifacts = paths;
        return this;
    }

    /**
     * For whom it is started.
     *
     * @param name for what the container is started, such as the test's class and method
     * @return this builder
     */
    public ContainerSpecBuilder owner(String name) {
        owner = name;
        return this;
    }

    /**
     * The limit for its start.
     *
     * @param timeout how long starting may take until systemd has finished booting; positive
     * @return this builder
     */
    public ContainerSpecBuilder startupTimeout(Duration timeout) {
        startupTimeout = timeout;
        return this;
    }

    /**
     * Has it created but not started, for tests of what the stemcell itself says: without the overlay, its files are those of the
     * image. {@link StemcellContainer#boot()} boots it as it is, as a start of the published image would; what
     * waits there for the BOSH agent, as rsyslog does, may hold that boot up for longer than the startup timeout.
     *
     * @return this builder
     */
    public ContainerSpecBuilder withoutBoot() {
        boots = false;
        overlay = GuestOverlay.standard().without(OverlayPart.values());
        return this;
    }

    /**
     * Has it started from an image that was provisioned in a container of this image, with this configuration, these devices and these
     * profiles. The provisioning is done where no image of it is kept yet.
     *
     * @param changed the provisioning
     * @return this builder
     */
    public ContainerSpecBuilder provisioning(Provisioning changed) {
        provisioning = Optional.of(changed);
        return this;
    }

    /**
     * Has the stemcell's BOSH agent started, by settings made for this container: it has answered when the start is over,
     * and {@link StemcellContainer#agent()} speaks to it. Its {@code /var/vcap/data} is a tmpfs, which a restart empties; how large it may
     * become is said by {@link Limits#withAgentData}.
     *
     * @return this builder
     */
    public ContainerSpecBuilder agent() {
        return file(new BootFile.Agent());
    }

    /** Without what only those have that start from a provisioned image. */
    ContainerSpecBuilder ofProvisioning(String work) {
        files.clear();
        address = Optional.empty();
        provisioning = Optional.empty();
        return owner(work);
    }

    /**
     * Ends the settings.
     *
     * @return the specification
     * @throws IllegalArgumentException if the timeout is not positive, or an artifact is no path to fetch
     */
    public ContainerSpec build() {
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
