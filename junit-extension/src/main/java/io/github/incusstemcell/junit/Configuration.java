package io.github.incusstemcell.junit;

import io.github.incusstemcell.stemcell.OverlayPart;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Settings from outside the tests' code: a system property, or else the environment, or else {@code junit-platform.properties}.
 *
 * <p>{@code incus.stemcell.storage-pool} is {@code INCUS_STEMCELL_STORAGE_POOL} in the environment.
 */
final class Configuration {

    private final Function<String, Optional<String>> platform;

    Configuration(Function<String, Optional<String>> platform) {
        this.platform = platform;
    }

    static Configuration of(ExtensionContext context) {
        return new Configuration(context::getConfigurationParameter);
    }

    Optional<String> get(Key key) {
        return found(key).map(Found::value);
    }

    /** A value, and where it stands. */
    private record Found(String value, String source) {}

    private Optional<Found> found(Key key) {
        return Optional.ofNullable(System.getProperty(key.property()))
                .map(value -> new Found(value, "the system property"))
                .or(() -> Optional.ofNullable(System.getenv(key.variable()))
                        .map(value -> new Found(value, "the environment variable " + key.variable())))
                .or(() -> platform.apply(key.property())
                        .map(value -> new Found(value, "junit-platform.properties, or JUnit's launcher")))
                .map(found -> new Found(found.value().strip(), found.source()))
                .filter(found -> !found.value().isEmpty());
    }

    /**
     * An error for a value that cannot be taken.
     *
     * @param problem names the value and the key, and says what to write
     * @param cause or null
     */
    ExtensionConfigurationException refused(Key key, String problem, @Nullable Exception cause) {
        String source = found(key).map(Found::source).orElseThrow();
        return new ExtensionConfigurationException(problem + ". It is set by " + source, cause);
    }

    /**
     * What a setting changes, if it is there.
     *
     * @param before what is to be changed
     * @param change takes the value; an {@link IllegalArgumentException} of its own says what is wrong with that
     */
    <T> T set(Key key, T before, BiFunction<T, String, T> change) {
        Optional<String> value = get(key);
        try {
            return value.map(text -> change.apply(before, text)).orElse(before);
        } catch (IllegalArgumentException e) {
            throw refused(
                    key, "'" + value.orElseThrow() + "' is no value for " + key.property() + ": " + e.getMessage(), e);
        }
    }

    /** A setting that is one of a few words, in small letters or in capitals. */
    <E extends Enum<E>> Optional<E> word(Key key, E[] words) {
        return get(key).map(value -> Arrays.stream(words)
                .filter(word -> word.name().equals(value.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> refused(
                        key, "'" + value + "' is not a value of " + key.property() + "; write " + list(words), null)));
    }

    private static String list(Enum<?>[] words) {
        List<String> names = Arrays.stream(words)
                .map(word -> word.name().toLowerCase(Locale.ROOT))
                .toList();
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /** A setting in whole seconds. */
    Optional<Integer> seconds(Key key) {
        return get(key).map(value -> {
            if (!value.matches("[1-9]\\d{0,5}")) {
                throw refused(
                        key,
                        "'" + value + "' is no number of seconds for " + key.property() + "; write for example 60",
                        null);
            }
            return Integer.valueOf(value);
        });
    }

    /** A setting in whole days, of which 1 is too few for anything. */
    Optional<Integer> days(Key key) {
        return get(key).map(value -> {
            if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) == 1) {
                throw refused(
                        key,
                        "'" + value + "' is no number of days for " + key.property()
                                + "; write at least 2, or 0 for ever",
                        null);
            }
            return Integer.parseInt(value);
        });
    }

    /** The parts of the overlay that a setting names. */
    OverlayPart[] parts(Key key) {
        return get(key).stream()
                .flatMap(names -> Arrays.stream(names.split(",")))
                .map(String::strip)
                .map(name -> part(name, key))
                .toArray(OverlayPart[]::new);
    }

    private OverlayPart part(String name, Key key) {
        return Arrays.stream(OverlayPart.values())
                .filter(part -> written(part).equals(name))
                .findFirst()
                .orElseThrow(() -> refused(
                        key,
                        "'" + name + "' in " + key.property()
                                + " is no part of the overlay; these are: "
                                + Arrays.stream(OverlayPart.values())
                                        .map(Configuration::written)
                                        .collect(Collectors.joining(", ")),
                        null));
    }

    private static String written(OverlayPart part) {
        return part.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A setting that is a positive number. */
    Optional<Integer> count(Key key) {
        return get(key).map(value -> {
            if (!value.matches("[1-9]\\d{0,4}")) {
                throw refused(
                        key, "'" + value + "' is no number for " + key.property() + "; write for example 4", null);
            }
            return Integer.valueOf(value);
        });
    }

    /** A setting that is a number, with a meaning for 0. */
    Optional<Integer> countOrZero(Key key) {
        return get(key).map(value -> {
            if (!value.matches("0|[1-9]\\d{0,4}")) {
                throw refused(
                        key,
                        "'" + value + "' is no number for " + key.property() + "; write for example 2, or 0 for none",
                        null);
            }
            return Integer.valueOf(value);
        });
    }

    /** A setting that is true or false. */
    Optional<Boolean> flag(Key key) {
        return get(key).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(key, "'" + value + "' is neither true nor false for " + key.property(), null);
        });
    }

    /** Every key there is. */
    enum Key {
        IMAGE("image", "the stemcell of tests whose annotation names none"),
        IMAGE_MAX_AGE("image.max-age", "after how many days without use an image is removed from Incus; 0: never"),
        CONVERSION("conversion", "who makes Incus's own images of those in a registry: client or daemon"),
        IMAGE_SERVER("image.server", "the simplestreams server of images named images:..., an https address"),
        IMAGE_SERVER_CERTIFICATE("image.server.certificate", "the file with that server's certificate, as PEM"),
        OVERLAY_WITHOUT("overlay.without", "parts of the overlay to leave out, separated by commas: agent, log-mount"),
        LIMITS_CPU("limits.cpu", "how many CPUs a container may use, or which, where its annotation says nothing"),
        LIMITS_MEMORY("limits.memory", "how much memory a container may use, where its annotation says nothing"),
        LIMITS_DISK("limits.disk", "how large a root disk may become, where its annotation says nothing"),
        LIMITS_UNENFORCED(
                "limits.unenforced", "what a limit is that the daemon's machine cannot enforce: error or warn"),
        ENDPOINT("endpoint", "which Incus: the path of its socket, or https://host:port"),
        PROJECT("project", "the Incus project for containers and images"),
        STORAGE_POOL("storage-pool", "the storage pool for root disks"),
        STORAGE_CREATE(
                "storage.create",
                "whether a storage pool is made where Incus has none that clones images: true or false"),
        STORAGE_SIZE("storage.size", "how large that storage pool is, such as 20GiB"),
        TARGET("target", "the members, or a group, of an Incus cluster on which containers are started"),
        NETWORK("network", "the network of containers: the name of an existing one, or none"),
        NETWORK_SUBNET("network.subnet", "the subnet of the network that this library makes, such as 10.78.0.1/20"),
        NETWORK_IPV6("network.ipv6", "whether networks that this library makes have IPv6, too: true or false"),
        REGISTRY_INSECURE("registry.insecure", "registries to be asked by plain HTTP: host:port, separated by commas"),
        REGISTRY_MIRRORS("registry.mirrors", "mirrors to ask first: registry=mirror, separated by commas"),
        REGISTRY_AUTH_FILE("registry.auth-file", "the file with credentials, in the format of containers-auth.json(5)"),
        CACHE_FOLDER("cache.folder", "where layers are kept between runs"),
        CACHE_MAX_SIZE("cache.max-size", "how much is kept there, such as 20GiB"),
        ARCHITECTURE("architecture", "which of an image's architectures is taken, in OCI's words, such as arm64"),
        PROGRESS("progress", "how long work is shown: auto, bars, lines or none"),
        STARTUP_TIMEOUT("startup-timeout", "how long a start may take until systemd has finished booting, in seconds"),
        MACHINES("machines", "how many machines run at once, of all JVMs that use the project"),
        PARALLEL_STARTS("parallel-starts", "how many containers start at once in one JVM"),
        STARTS_AHEAD("starts-ahead", "how many containers may be started for the tests that come next; 0: none"),
        PROVISION_REFRESH("provision.refresh", "whether what is provisioned is made anew in each JVM: true or false"),
        CLEANUP("cleanup", "when containers are deleted: always, on_success, or never"),
        PAUSE_ON_FAILURE(
                "pause-on-failure",
                "whether a test that fails waits with its containers until somebody has looked: true or false"),
        JOURNAL("journal", "whether the journals of guests are written to the log: true or false"),
        DIAGNOSTICS(
                "diagnostics",
                "for which tests it is found out how their containers were: on_failure, always or never"),
        DIAGNOSTICS_DIR("diagnostics.dir", "the folder for what was found out, and for the page of the run"),
        REQUIRED("required", "whether a test that would be skipped for want of an Incus fails instead: true or false");

        private final String name;
        private final String meaning;

        Key(String name, String meaning) {
            this.name = name;
            this.meaning = meaning;
        }

        String property() {
            return "incus.stemcell." + name;
        }

        String variable() {
            return property().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        }

        String meaning() {
            return meaning;
        }
    }
}
