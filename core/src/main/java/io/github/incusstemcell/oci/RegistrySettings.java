package io.github.incusstemcell.oci;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How images are looked for and where their blobs are kept. Immutable.
 *
 * @param insecureHosts registries that are spoken to by plain http, each as {@code host} or {@code host:port}; key {@code
 *     incus.stemcell.registry.insecure}
 * @param mirrors for a registry's {@code host[:port]} the mirrors to ask before it, in this order, each as {@code
 *     host[:port][/path]}, where the path goes before the repository; key {@code incus.stemcell.registry.mirrors}
 * @param authFiles files with credentials in the format of containers-auth.json(5), which docker's config shares, to read
 *     instead of the usual places; empty for these: {@code DOCKER_AUTH_CONFIG}, {@code REGISTRY_AUTH_FILE}, and the files that
 *     podman and docker log in to; key {@code incus.stemcell.registry.auth-file}
 * @param cacheFolder where blobs are kept between runs, shared by processes; made when missing; key {@code
 *     incus.stemcell.cache.folder}
 * @param cacheMaxSize how many bytes of blobs may stay in the cache; those least recently used go first; key {@code
 *     incus.stemcell.cache.max-size}
 * @param architecture the processor architecture, in OCI's words, that is taken from images that come for several; key
 *     {@code incus.stemcell.architecture}
 */
public record RegistrySettings(
        Set<String> insecureHosts,
        Map<String, List<String>> mirrors,
        List<Path> authFiles,
        Path cacheFolder,
        long cacheMaxSize,
        String architecture) {

    /** What {@link #cacheMaxSize} is without configuration: 20 GiB. */
    public static final long DEFAULT_CACHE_MAX_SIZE = 20L << 30;

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException where the size of the cache is negative
     */
    public RegistrySettings {
        insecureHosts = Set.copyOf(insecureHosts);
        mirrors = Map.copyOf(mirrors);
        authFiles = List.copyOf(authFiles);
        Objects.requireNonNull(cacheFolder);
        Objects.requireNonNull(architecture);
        if (cacheMaxSize < 0) {
            throw new IllegalArgumentException("The size of the cache cannot be negative: " + cacheMaxSize);
        }
    }

    /** {@return a builder that starts from the defaults: no insecure host, no mirror, the user's cache folder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the cache folder of this user: {@code incus-stemcell} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}} */
    public static Path userCacheFolder() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base =
                xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("incus-stemcell");
    }

    /** {@return the architecture of this JVM in OCI's words} */
    static String ownArchitecture() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    /** Collects settings. */
    public static final class Builder {

        /** A name, an IPv4 address, or an IPv6 address in brackets. */
        private static final Pattern HOST = Pattern.compile("(?:[\\w.-]+|\\[[0-9a-fA-F:.]+\\])(?::[0-9]{1,5})?");

        private static final Pattern PLACE = Pattern.compile(HOST.pattern() + "(?:/[\\w./-]*+)?");

        private final Set<String> insecureHosts = new TreeSet<>();
        private final Map<String, List<String>> mirrors = new LinkedHashMap<>();
        private final List<Path> authFiles = new ArrayList<>();
        private Path cacheFolder = userCacheFolder();
        private long cacheMaxSize = DEFAULT_CACHE_MAX_SIZE;
        private String architecture = ownArchitecture();

        private Builder() {}

        /**
         * Speaks plain http to a registry.
         *
         * @param host {@code host} or {@code host:port}, as in references
         * @return this builder
         * @throws IllegalArgumentException if it is anything else, such as an address with a scheme
         */
        public Builder insecureHost(String host) {
            insecureHosts.add(requireForm(host, HOST, "host or host:port"));
            return this;
        }

        /**
         * Asks a mirror before a registry. Several mirrors of one registry are asked in the order of these calls.
         *
         * @param host the registry, as in references
         * @param mirror the mirror, {@code host[:port][/path]}
         * @return this builder
         * @throws IllegalArgumentException if either is anything else, such as an address with a scheme
         */
        public Builder mirror(String host, String mirror) {
            mirrors.computeIfAbsent(requireForm(host, HOST, "host or host:port"), h -> new ArrayList<>())
                    .add(requireForm(mirror, PLACE, "host[:port][/path]"));
            return this;
        }

        private static String requireForm(String text, Pattern form, String said) {
            if (!form.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no registry as references name it; write " + said + ", without a scheme");
            }
            return text;
        }

        /**
         * Reads credentials from this file instead of the usual ones; with several calls, in this order.
         *
         * @param file a file in the format of containers-auth.json(5), which exists
         * @return this builder
         * @throws IllegalArgumentException if it cannot be read: registries would be asked without the credentials, and say only that they
         *     want some
         */
        public Builder authFile(Path file) {
            if (Files.isDirectory(file) || !Files.isReadable(file)) {
                Path place = file.toAbsolutePath();
                throw new IllegalArgumentException("the file " + place
                        + (Files.exists(file) ? " cannot be read" : " does not exist")
                        + ". Log in with: podman login --authfile " + place
                        + " REGISTRY; or name no file, and those that podman and docker use are read");
            }
            authFiles.add(file);
            return this;
        }

        /**
         * Keeps blobs elsewhere.
         *
         * @param folder made when missing
         * @return this builder
         */
        public Builder cacheFolder(Path folder) {
            this.cacheFolder = folder;
            return this;
        }

        /**
         * Bounds the cache.
         *
         * @param bytes how much may stay, at least 0
         * @return this builder
         */
        public Builder cacheMaxSize(long bytes) {
            this.cacheMaxSize = bytes;
            return this;
        }

        /**
         * Chooses from images that come for several architectures.
         *
         * @param architecture in OCI's words, for example {@code arm64}
         * @return this builder
         */
        public Builder architecture(String architecture) {
            this.architecture = architecture;
            return this;
        }

        /** {@return the settings} */
        public RegistrySettings build() {
            return new RegistrySettings(insecureHosts, mirrors, authFiles, cacheFolder, cacheMaxSize, architecture);
        }
    }
}
