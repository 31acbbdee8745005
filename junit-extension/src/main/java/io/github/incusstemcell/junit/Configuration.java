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
record Configuration(Function<String, Optional<String>> platform) {

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

    ExtensionConfigurationException refused(Key key, String problem) {
        return refused(key, problem, null);
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
                        key, "'" + value + "' is not a value of " + key.property() + "; write " + list(words))));
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
        return number(key, "[1-9]\\d{0,5}", "number of seconds", "for example 60");
    }

    /** A setting in whole days, of which 1 is too few for anything. */
    Optional<Integer> days(Key key) {
        return number(key, "(?!0*1$)[0-9]{1,5}", "number of days", "at least 2, or 0 for ever");
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
                                        .collect(Collectors.joining(", "))));
    }

    private static String written(OverlayPart part) {
        return part.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A setting that is a positive number. */
    Optional<Integer> count(Key key) {
        return number(key, "[1-9]\\d{0,4}", "number", "for example 4");
    }

    /** A setting that is a number, with a meaning for 0. */
    Optional<Integer> countOrZero(Key key) {
        return number(key, "0|[1-9]\\d{0,4}", "number", "for example 2, or 0 for none");
    }

    private Optional<Integer> number(Key key, String pattern, String kind, String advice) {
        return get(key).map(value -> {
            if (!value.matches(pattern)) {
                throw refused(key, "'" + value + "' is no " + kind + " for " + key.property() + "; write " + advice);
            }
            return Integer.valueOf(value);
        });
    }

    /** A setting that is true or false. */
    Optional<Boolean> flag(Key key) {
        return get(key).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(key, "'" + value + "' is neither true nor false for " + key.property());
        });
    }

    /** Every key there is. */
    enum Key {
        IMAGE("image"),
        IMAGE_MAX_AGE("image.max-age"),
        CONVERSION("conversion"),
        IMAGE_SERVER("image.server"),
        IMAGE_SERVER_CERTIFICATE("image.server.certificate"),
        OVERLAY_WITHOUT("overlay.without"),
        LIMITS_CPU("limits.cpu"),
        LIMITS_MEMORY("limits.memory"),
        LIMITS_DISK("limits.disk"),
        LIMITS_UNENFORCED("limits.unenforced"),
        ENDPOINT("endpoint"),
        PROJECT("project"),
        STORAGE_POOL("storage-pool"),
        STORAGE_CREATE("storage.create"),
        STORAGE_SIZE("storage.size"),
        TARGET("target"),
        NETWORK("network"),
        NETWORK_SUBNET("network.subnet"),
        NETWORK_IPV6("network.ipv6"),
        REGISTRY_INSECURE("registry.insecure"),
        REGISTRY_MIRRORS("registry.mirrors"),
        REGISTRY_AUTH_FILE("registry.auth-file"),
        CACHE_FOLDER("cache.folder"),
        CACHE_MAX_SIZE("cache.max-size"),
        ARCHITECTURE("architecture"),
        PROGRESS("progress"),
        STARTUP_TIMEOUT("startup-timeout"),
        MACHINES("machines"),
        PARALLEL_STARTS("parallel-starts"),
        STARTS_AHEAD("starts-ahead"),
        PROVISION_REFRESH("provision.refresh"),
        CLEANUP("cleanup"),
        PAUSE_ON_FAILURE("pause-on-failure"),
        JOURNAL("journal"),
        DIAGNOSTICS("diagnostics"),
        DIAGNOSTICS_DIR("diagnostics.dir"),
        REQUIRED("required");

        private final String name;

        Key(String name) {
            this.name = name;
        }

        String property() {
            return "incus.stemcell." + name;
        }

        String variable() {
            return property().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        }
    }
}
