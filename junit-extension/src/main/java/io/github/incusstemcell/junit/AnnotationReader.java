package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.BootFile;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.ContainerSpecBuilder;
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
    static final Set<String> OURS = Set.of("root", "eth0");

    Template template() {
        String origin = "@IncusStemcell on " + place;
        return new Template(
                origin,
                annotation.node(),
                image(),
                Variant.of(List.of(annotation.images()), Map.of(), origin),
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
        ContainerSpecBuilder spec = plain.toBuilder()
                .profiles(List.of(annotation.profiles()))
                .overlay(plain.overlay().without(annotation.withoutOverlay()))
                .limits(limits(plain.limits()))
                .location(location(plain.location()));
        files(spec);
        with(spec, "address", annotation.address(), ContainerSpecBuilder::address);
        for (String option : annotation.config()) {
            Map.Entry<String, String> entry = option(option, "config");
            spec.config(entry.getKey(), entry.getValue());
        }
        for (String device : annotation.devices()) {
            device(spec, device);
        }
        if (!annotation.boot()) {
            spec.withoutBoot();
        }
        if (annotation.journal()) {
            spec.journalInLog(true);
        }
        String artifacts = String.join(", ", annotation.artifacts());
        with(spec, "artifacts", artifacts, (settings, all) -> settings.artifacts(List.of(annotation.artifacts())));
        return spec.build();
    }

    private Limits limits(Limits plain) {
        Limits limits = with(plain, "cpu", annotation.cpu(), Limits::withCpu);
        limits = with(limits, "memory", annotation.memory(), Limits::withMemory);
        limits = with(limits, "agentData", annotation.agentData(), Limits::withAgentData);
        return with(limits, "disk", annotation.disk(), Limits::withDisk);
    }

    private Location location(Location plain) {
        Location location = with(plain, "project", annotation.project(), Location::withProject);
        location = with(location, "storagePool", annotation.storagePool(), Location::withStoragePool);
        return with(location, "target", annotation.target(), Location::withTarget);
    }

    private void files(ContainerSpecBuilder spec) {
        with(spec, "agentSettings", annotation.agentSettings(), ContainerSpecBuilder::agentSettings);
        if (annotation.agent()) {
            spec.agent();
        }
        with(spec, "data", annotation.data(), (settings, folder) -> settings.data(Path.of(folder)));
        for (String file : annotation.files()) {
            with(spec, "files", file, (settings, text) -> settings.file(file(text)));
        }
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

    private void device(ContainerSpecBuilder spec, String device) {
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
        spec.device(parts[0], options);
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
