package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.BootFile;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.Limits;
import io.github.incusstemcell.container.Location;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * Reads an annotation, whose values are all text and numbers.
 *
 * @param annotation what to read
 * @param place the class or method that it stands on, for messages
 */
record AnnotationReader(IncusStemcell annotation, String place) {

    /** Devices that every container has: options of them come on top of ours. */
    private static final Set<String> OURS = Set.of("root", "eth0");

    Template template() {
        return new Template(
                "@IncusStemcell on " + place,
                annotation.node(),
                image(),
                List.of(annotation.images()),
                annotation.scope(),
                annotation.resetBetweenTests(),
                given(annotation.network()),
                this::withOptions,
                annotation.cleanup(),
                startupTimeout(),
                annotation.disabledWithoutIncus());
    }

    private Optional<String> image() {
        if (!annotation.value().isEmpty() && !annotation.image().isEmpty()) {
            throw new ExtensionConfigurationException("@IncusStemcell on " + place + " names two images, '"
                    + annotation.value() + "' and '" + annotation.image() + "'. Remove one of value and image");
        }
        return given(annotation.value()).or(() -> given(annotation.image()));
    }

    private Optional<Duration> startupTimeout() {
        if (annotation.startupTimeout() < 0) {
            throw new ExtensionConfigurationException("@IncusStemcell on " + place + " has a startupTimeout of "
                    + annotation.startupTimeout() + " seconds. Write a positive number, or leave it out");
        }
        return Optional.of(annotation.startupTimeout())
                .filter(seconds -> seconds > 0)
                .map(Duration::ofSeconds);
    }

    private ContainerSpec withOptions(ContainerSpec plain) {
        ContainerSpec spec = plain.withProfiles(List.of(annotation.profiles()))
                .withOverlay(plain.overlay().without(annotation.withoutOverlay()));
        spec = withLimits(spec);
        spec = withLocation(spec);
        spec = withFiles(spec);
        spec = with(spec, "address", annotation.address(), ContainerSpec::withAddress);
        for (String option : annotation.config()) {
            Map.Entry<String, String> entry = option(option, "config");
            spec = spec.withConfig(entry.getKey(), entry.getValue());
        }
        for (String device : annotation.devices()) {
            spec = withDevice(spec, device);
        }
        spec = withArtifacts(spec);
        if (!annotation.boot()) {
            spec = spec.withoutBoot();
        }
        return annotation.journal() ? spec.withJournalInLog(true) : spec;
    }

    private ContainerSpec withLimits(ContainerSpec plain) {
        Limits limits = plain.limits();
        limits = with(limits, "cpu", annotation.cpu(), Limits::withCpu);
        limits = with(limits, "memory", annotation.memory(), Limits::withMemory);
        limits = with(limits, "agentData", annotation.agentData(), Limits::withAgentData);
        return plain.withLimits(with(limits, "disk", annotation.disk(), Limits::withDisk));
    }

    private ContainerSpec withLocation(ContainerSpec plain) {
        Location location = plain.location();
        location = with(location, "project", annotation.project(), Location::withProject);
        location = with(location, "storagePool", annotation.storagePool(), Location::withStoragePool);
        return plain.withLocation(with(location, "target", annotation.target(), Location::withTarget));
    }

    private ContainerSpec withFiles(ContainerSpec plain) {
        ContainerSpec spec = with(plain, "agentSettings", annotation.agentSettings(), ContainerSpec::withAgentSettings);
        spec = annotation.agent() ? spec.withAgent() : spec;
        spec = with(spec, "data", annotation.data(), (before, folder) -> before.withData(Path.of(folder)));
        for (String file : annotation.files()) {
            spec = with(spec, "files", file, (before, text) -> before.withFile(file(text)));
        }
        return spec;
    }

    private ContainerSpec withArtifacts(ContainerSpec spec) {
        String paths = String.join(", ", annotation.artifacts());
        return with(spec, "artifacts", paths, (before, all) -> before.withArtifacts(List.of(annotation.artifacts())));
    }

    private BootFile file(String text) {
        int equals = text.indexOf('=');
        if (equals < 0 && text.endsWith("/")) {
            return new BootFile.Folder(text);
        }
        if (equals < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' names nothing to copy; write /etc/motd=src/test/motd, or /srv/empty/ for a folder");
        }
        return new BootFile.Copy(text.substring(0, equals), Path.of(text.substring(equals + 1)));
    }

    /** The same with what an attribute says, if it says anything. */
    private <T> T with(T before, String attribute, String value, BiFunction<T, String, T> change) {
        if (value.isEmpty()) {
            return before;
        }
        try {
            return change.apply(before, value);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException(
                    attribute + " of @IncusStemcell on " + place + " cannot be read: " + e.getMessage(), e);
        }
    }

    private ContainerSpec withDevice(ContainerSpec spec, String device) {
        String[] parts = device.split(",");
        Map<String, String> options = new LinkedHashMap<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            Map.Entry<String, String> entry = option(part, "devices");
            options.put(entry.getKey(), entry.getValue());
        }
        if (!options.containsKey("type") && !OURS.contains(parts[0])) {
            throw new ExtensionConfigurationException("The device '" + device + "' in devices of @IncusStemcell on "
                    + place + " has no type. Write for example \"shared,type=disk,source=/srv/shared,path=/shared\"");
        }
        return spec.withDevice(parts[0], options);
    }

    private Map.Entry<String, String> option(String text, String attribute) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new ExtensionConfigurationException("'" + text + "' in " + attribute + " of @IncusStemcell on "
                    + place + " is no option. Write key=value");
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }

    private static Optional<String> given(String value) {
        return Optional.of(value).filter(text -> !text.isEmpty());
    }
}
