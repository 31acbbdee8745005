package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.AgentSettings;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.Profiles;
import io.github.incusstemcell.incus.Server;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.net.Inet4Address;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a specification is in Incus's words.
 *
 * @param spec the specification
 * @param placement where containers go
 * @param attachment the network, if there is to be one
 */
record InstanceRequest(ContainerSpec spec, Placement placement, Optional<NetworkAttachment> attachment) {

    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String ROOT = "root";
    private static final String NIC = "eth0";
    private static final String ADDRESS = "ipv4.address";

    /** Read by the overlay: how large the file system may become that an agent finds as its data disk. */
    private static final String AGENT_DATA = Lease.PREFIX + "agent-data";

    /**
     * Finds out, without creating anything, what cannot be meant, or cannot be had here.
     *
     * @throws IncusStemcellException if there is such a thing
     */
    void check() {
        spec.location().storagePool().ifPresent(placement::requirePool);
        requireOnce("limits.cpu", spec.limits().cpu(), spec.config());
        requireOnce("limits.memory", spec.limits().memory(), spec.config());
        Map<String, String> root = spec.devices().getOrDefault(ROOT, Map.of());
        requireOnce("size", spec.limits().disk(), root);
        requireOnce("pool", spec.location().storagePool(), root);
        requirePlausible("limits.memory", spec.config(), Limits::requireMemory);
        requirePlausible("size", root, Limits::requireDisk);
        if (spec.devices().getOrDefault(NIC, Map.of()).containsKey(ADDRESS)) {
            throw new IncusStemcellException(
                    "The device '" + NIC + "' of " + spec.container() + " has the option '" + ADDRESS
                            + "', but the address has to be known before the guest boots. Write address = \"...\" instead");
        }
        checkProfiles();
        if (!spec.boots() && spec.provisioning().isPresent()) {
            throw new IncusStemcellException(
                    "There is a provisioning for " + spec.container()
                            + ", which has to boot for it, but is not to be booted. Remove one of boot = false and the provisioning");
        }
        checkAgent();
        checkAddress();
        new BootFiles(spec.bootFiles()).check();
        checkServer();
    }

    private void requireOnce(String key, Optional<String> setting, Map<String, String> options) {
        if (setting.isPresent() && options.containsKey(key)) {
            throw new IncusStemcellException(
                    "'" + key + "' of " + spec.container() + " is set twice: to '" + setting.get()
                            + "' by a setting of its own, and to '" + options.get(key)
                            + "' among the options of Incus. Remove one of them");
        }
    }

    private void requirePlausible(String key, Map<String, String> options, Consumer<String> check) {
        try {
            Optional.ofNullable(options.get(key)).ifPresent(check);
        } catch (IllegalArgumentException e) {
            throw new IncusStemcellException(
                    "'" + key + "' of " + spec.container() + " cannot be meant: " + e.getMessage(), e);
        }
    }

    private void checkProfiles() {
        List<String> missing = spec.profiles().stream()
                .filter(name -> placement.incus().profiles().find(name).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw new IncusStemcellException("The profile '" + missing.get(0) + "' of " + spec.container()
                    + " does not exist in the project '" + placement.incus().project() + "' of "
                    + placement.incus().endpoint() + ". There is "
                    + placement.incus().profiles().list().stream()
                            .map(Profiles.Profile::name)
                            .filter(name -> !MachineLimit.isProfile(name))
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
    }

    private void checkAgent() {
        if (!spec.startsAgent()) {
            return;
        }
        Optional<String> wrong = Optional.empty();
        if (!spec.boots()) {
            wrong = Optional.of(
                    "it is not to be booted, so no agent starts. Remove one of boot = false and agent = true");
        } else if (attachment.isEmpty()) {
            wrong = Optional.of("it has no network to speak to it. Remove one of network = \"none\" and agent = true");
        } else if (BootFiles.agentSettings(spec.files()).isPresent()) {
            wrong = Optional.of("it has settings of its own, too. Remove one of agentSettings and agent = true");
        } else if (!spec.overlay().parts().contains(OverlayPart.AGENT)) {
            wrong = Optional.of(
                    "the part AGENT is left out of its overlay, without which no agent comes up. Leave it in");
        }
        wrong.ifPresent(why -> {
            throw new IncusStemcellException("An agent is to be started in " + spec.container() + ", but " + why);
        });
    }

    private void checkAddress() {
        spec.address().ifPresent(wanted -> attachment
                .orElseThrow(() -> new IncusStemcellException("There is to be no network for " + spec.container()
                        + ", so it cannot have the address " + wanted.getHostAddress() + ". Remove one of the two"))
                .check(wanted));
    }

    private void checkServer() {
        Optional<String> temporary = spec.devices().entrySet().stream()
                .filter(device -> device.getValue().getOrDefault("source", "").startsWith("tmpfs:"))
                .map(Map.Entry::getKey)
                .findFirst();
        if (temporary.isEmpty() && spec.location().target().isEmpty()) {
            return;
        }
        Server server = placement.incus().server();
        if (temporary.isPresent() && !server.supports(ApiExtension.CONTAINER_DISK_TMPFS)) {
            throw new IncusStemcellException("The device '" + temporary.get() + "' of " + spec.container()
                    + " is a tmpfs, which Incus " + server.version() + " on "
                    + placement.incus().endpoint()
                    + " does not know as a device. Use a later one, or have LXC mount it with config ="
                    + " \"raw.lxc=lxc.mount.entry=tmpfs scratch tmpfs size=16m,create=dir 0 0\"");
        }
        spec.location().target().filter(member -> !server.isClustered()).ifPresent(member -> {
            throw new IncusStemcellException("The target '" + member + "' of " + spec.container()
                    + " would be a member of a cluster, but "
                    + placement.incus().endpoint()
                    + " is none. Remove it, or name a member of the cluster with incus.stemcell.endpoint");
        });
    }

    /** Short, since it is the guest's hostname; by chance, since names on one bridge are unique across all projects. */
    static String newName() {
        return "ic-" + Long.toString(RANDOM.nextLong(36L * 36 * 36 * 36 * 36 * 36 * 36), 36);
    }

    /** What the container's agent is given, by us or by the test. */
    Optional<AgentSettings> agentSettings(String name, Optional<Inet4Address> address) {
        return spec.startsAgent()
                ? attachment.map(network -> AgentSettings.generate(name, network.agentsView(address)))
                : BootFiles.agentSettings(spec.files()).map(AgentSettings::of);
    }

    /**
     * What is sent, unless more is added.
     *
     * @param name of the container
     * @param fingerprint of its image
     * @param address that was taken for it
     * @param lease says whose it is
     */
    NewInstance.Builder create(String name, String fingerprint, Optional<Inet4Address> address, Lease lease) {
        NewInstance.Builder request = NewInstance.named(name)
                .image(fingerprint)
                .profiles(spec.profiles())
                .config(config(address, lease));
        devices(address).forEach(request::device);
        return request;
    }

    /** The storage pool of its root disk, unless an option of the device names another. */
    String pool() {
        return spec.location().storagePool().orElse(placement.pool());
    }

    private Map<String, Map<String, String>> devices(Optional<Inet4Address> address) {
        Map<String, String> root = new LinkedHashMap<>();
        root.put("type", "disk");
        root.put("path", "/");
        root.put("pool", pool());
        spec.limits().disk().ifPresent(size -> root.put("size", size));
        Map<String, Map<String, String>> devices = new LinkedHashMap<>();
        devices.put(ROOT, root);
        attachment.ifPresent(network -> devices.put(NIC, network.nic(address)));
        spec.devices()
                .forEach((device, options) -> devices.merge(device, options, (ours, theirs) -> {
                    Map<String, String> both = new LinkedHashMap<>(ours);
                    both.putAll(theirs);
                    return both;
                }));
        return devices;
    }

    private Map<String, String> config(Optional<Inet4Address> address, Lease lease) {
        Map<String, String> config = new LinkedHashMap<>();
        // Left unset, Incus would start the container again after a crash of the host, long after its test.
        config.put("boot.autostart", "false");
        spec.limits().cpu().ifPresent(limit -> config.put("limits.cpu", limit));
        spec.limits().memory().ifPresent(limit -> config.put("limits.memory", limit));
        spec.limits().agentDataBytes().ifPresent(size -> config.put(AGENT_DATA, size));
        attachment.ifPresent(network -> config.putAll(network.config(address)));
        config.putAll(lease.keys());
        if (spec.overlay().parts().contains(OverlayPart.SSH_HOST_KEYS)) {
            config.put(RsaHostKeys.CONFIG, RsaHostKeys.ofThisProcess().take());
        }
        spec.config().forEach((key, value) -> {
            // Our part of raw.lxc is the address; the user's lines come on top of it.
            config.merge(key, value, (ours, theirs) -> key.equals("raw.lxc") ? ours + theirs : theirs);
        });
        return config;
    }
}
