package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.NetworkInfo;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import io.github.incusstemcell.internal.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What it means that the daemon refused an option, a device or what a device takes: which of them it is, and what there is instead.
 *
 * @param incus the daemon
 * @param spec what was asked for
 */
record OptionRefusal(Incus incus, ContainerSpec spec) implements Refusal {

    private static final String DOCUMENTATION = "https://linuxcontainers.org/incus/docs/main/reference/";
    private static final String TYPES =
            "disk, gpu, infiniband, nic, none, pci, proxy, tpm, unix-block, unix-char, unix-hotplug, usb";
    private static final int SHOWN = 20;

    private static final Pattern KEY = Pattern.compile("Unknown configuration key:? \"?([^\"\\s]+)");
    private static final Pattern TYPE = Pattern.compile("Invalid device type \"([^\"]*)\"");
    private static final Pattern OPTION = Pattern.compile("for \"([^\"]+)\": Invalid device option \"([^\"]+)\"");
    private static final Pattern SOURCE = Pattern.compile("Missing source path \"([^\"]+)\" for disk \"([^\"]+)\"");
    private static final Pattern NETWORK =
            Pattern.compile("device \"([^\"]+)\": Failed to load network \"([^\"]+)\".*not found");
    private static final Pattern POOL =
            Pattern.compile("device \"([^\"]+)\": Failed to get storage pool \"([^\"]+)\".*not found");
    private static final Pattern VOLUME = Pattern.compile("device \"([^\"]+)\": .*[Ss]torage volume not found");

    @Override
    public Optional<String> explanation(IncusException refused) {
        String message = refused.getMessage();
        return match(KEY, message)
                .map(found -> key(found.group(1)))
                .or(() -> match(TYPE, message)
                        .map(found -> "A device of " + spec.container() + " has the type '" + found.group(1)
                                + "', which " + incus.endpoint() + " does not know. There is " + TYPES))
                .or(() -> match(OPTION, message).map(found -> option(found.group(1), found.group(2))))
                .or(() -> match(SOURCE, message)
                        .map(found -> device(found.group(2)) + " has the source '" + found.group(1)
                                + "', which does not exist on the machine of " + incus.endpoint()
                                + beside(found.group(1))))
                .or(() -> match(NETWORK, message)
                        .map(found -> device(found.group(1)) + " has the network '" + found.group(2)
                                + "', which does not exist on " + incus.endpoint() + ". There is "
                                + list(incus.networks().list().stream().map(NetworkInfo::name))))
                .or(() -> match(POOL, message)
                        .map(found -> device(found.group(1)) + " has the pool '" + found.group(2)
                                + "', which does not exist on " + incus.endpoint() + ". There is "
                                + list(incus.storagePools().list().stream().map(StoragePool::name))))
                .or(() -> match(VOLUME, message).map(found -> volume(found.group(1))));
    }

    private static Optional<Matcher> match(Pattern pattern, String message) {
        return Optional.of(pattern.matcher(message)).filter(Matcher::find);
    }

    private String key(String key) {
        List<String> known = new ArrayList<>(incus.optionNames("instance"));
        known.addAll(incus.optionNames("kernel"));
        return "The option '" + key + "' in config of " + spec.container() + " is none that " + incus.endpoint()
                + " knows" + meant(key, known) + " All of them: " + DOCUMENTATION + "instance_options/";
    }

    private String option(String device, String option) {
        String type = spec.devices().getOrDefault(device, Map.of()).getOrDefault("type", "");
        return device(device) + " has the option '" + option + "', which " + incus.endpoint()
                + " does not know of that type" + meant(option, incus.optionNames("devices", type))
                + " All of them: " + DOCUMENTATION + "devices/";
    }

    private String volume(String device) {
        Map<String, String> options = spec.devices().getOrDefault(device, Map.of());
        return device(device) + " has the source '" + options.get("source") + "', but the pool '" + options.get("pool")
                + "' of " + incus.endpoint() + " has no custom volume of that name in the project '" + incus.project()
                + "'. See those that there are with: incus storage volume list --project " + incus.project() + " "
                + options.get("pool");
    }

    private String device(String device) {
        return "The device '" + device + "' of " + spec.container();
    }

    private static String meant(String word, List<String> known) {
        return Spelling.nearest(word, known)
                .map(nearest -> ". Did you mean '" + nearest + "'?")
                .orElse(".");
    }

    /** Of another machine's files nothing is known. */
    private String beside(String source) {
        Path folder = Path.of(source).getParent();
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        if (folder == null || !(incus.endpoint() instanceof Endpoint.UnixSocket)) {
            return "";
        }
        try (Stream<Path> there = Files.list(folder)) {
            return ". In " + folder + " there is "
                    + list(there.map(path -> path.getFileName().toString()));
        } catch (IOException e) {
            return "";
        }
    }

    private static String list(Stream<String> names) {
        List<String> sorted = names.sorted().toList();
        String shown = String.join(", ", sorted.subList(0, Math.min(SHOWN, sorted.size())));
        return sorted.isEmpty() ? "none" : sorted.size() <= SHOWN ? shown : shown + ", ...";
    }
}
