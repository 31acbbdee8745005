package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.junit.Configuration.Key;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What an annotation and the configuration together say about a container.
 *
 * <p>About <em>what</em> is tested the annotation decides, and the configuration fills gaps; about <em>how</em> it is run the
 * configuration decides, so that a person can keep a container without editing a test.
 *
 * @param spec what the container is to be
 * @param cleanup when it is deleted
 */
record MachineSettings(ContainerSpec spec, Cleanup cleanup) {

    /**
     * @param annotation what stands on the class or method
     * @param place the class or method, for messages and for the container's lease
     */
    static MachineSettings of(IncusStemcell annotation, String place, Configuration configuration) {
        ContainerSpec spec = ContainerSpec.of(image(annotation, place, configuration))
                .withOwner(place)
                .withProfiles(List.of(annotation.profiles()))
                .withStartupTimeout(startupTimeout(annotation, place, configuration));
        Optional<String> network = given(annotation.network()).or(() -> configuration.get(Key.NETWORK));
        if (network.isPresent()) {
            spec = spec.withNetwork(network.get());
        }
        for (String option : annotation.config()) {
            Map.Entry<String, String> entry = option(option, "config", place);
            spec = spec.withConfig(entry.getKey(), entry.getValue());
        }
        for (String device : annotation.devices()) {
            spec = withDevice(spec, device, place);
        }
        return new MachineSettings(spec, cleanup(annotation, configuration));
    }

    private static String image(IncusStemcell annotation, String place, Configuration configuration) {
        if (!annotation.value().isEmpty() && !annotation.image().isEmpty()) {
            throw new ExtensionConfigurationException("@IncusStemcell on " + place + " names two images, '"
                    + annotation.value() + "' and '" + annotation.image() + "'. Remove one of value and image");
        }
        return given(annotation.value())
                .or(() -> given(annotation.image()))
                .or(() -> configuration.get(Key.IMAGE))
                .orElseThrow(() -> new ExtensionConfigurationException("@IncusStemcell on " + place
                        + " names no image, and " + Key.IMAGE.property() + " is not set. Write for example"
                        + " @IncusStemcell(\"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165\")"));
    }

    private static Duration startupTimeout(IncusStemcell annotation, String place, Configuration configuration) {
        if (annotation.startupTimeout() < 0) {
            throw new ExtensionConfigurationException("@IncusStemcell on " + place + " has a startupTimeout of "
                    + annotation.startupTimeout() + " seconds. Write a positive number, or leave it out");
        }
        return configuration
                .seconds(Key.STARTUP_TIMEOUT)
                .or(() -> Optional.of(annotation.startupTimeout()).filter(seconds -> seconds > 0))
                .map(Duration::ofSeconds)
                .orElse(ContainerSpec.DEFAULT_STARTUP_TIMEOUT);
    }

    private static Cleanup cleanup(IncusStemcell annotation, Configuration configuration) {
        return configuration
                .get(Key.CLEANUP)
                .map(value -> Arrays.stream(Cleanup.values())
                        .filter(cleanup -> cleanup.name().equals(value.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new ExtensionConfigurationException("'" + value + "' is not a value of "
                                + Key.CLEANUP.property() + "; write always, on_success or never")))
                .orElse(annotation.cleanup());
    }

    private static ContainerSpec withDevice(ContainerSpec spec, String device, String place) {
        String[] parts = device.split(",");
        Map<String, String> options = new LinkedHashMap<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            Map.Entry<String, String> entry = option(part, "devices", place);
            options.put(entry.getKey(), entry.getValue());
        }
        if (!options.containsKey("type")) {
            throw new ExtensionConfigurationException("The device '" + device + "' in devices of @IncusStemcell on "
                    + place + " has no type. Write for example \"scratch,type=disk,source=tmpfs:,path=/scratch\"");
        }
        return spec.withDevice(parts[0], options);
    }

    private static Map.Entry<String, String> option(String text, String attribute, String place) {
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
