package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds images by their references.
 *
 * <p>One instance serves any number of threads and images; make it once. Closing it ends its connections, not what it
 * found: a {@link Rootfs} that has been fetched can still be read.
 */
public final class OciImages implements AutoCloseable {

    private final RegistrySettings settings;
    private final Workspace workspace;
    private final Http http;
    private final BlobCache cache;
    private final CredentialSource credentials;

    private OciImages(Builder builder) {
        this.settings = builder.settings;
        this.workspace = new Workspace(settings.cacheFolder().resolve("work"), builder.progress);
        this.http = new Http(builder.patience, settings.insecureHosts(), new EnvironmentProxies(builder.environment));
        this.cache = new BlobCache(settings.cacheFolder(), settings.cacheMaxSize());
        this.credentials = new CredentialSource() {
            @Override
            public Optional<Credentials> find(String host, String repository) {
                return Optional.empty();
            }

            @Override
            public String places() {
                return "nowhere";
            }
        };
    }

    /** {@return a builder that starts from default settings and shows no progress} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds an image. This reads its manifest and its configuration, no layer.
     *
     * @param reference which image; not null
     * @return what its publisher says of it
     * @throws ImageNotFoundException where there is no such image, or none for the architecture
     * @throws RegistryAuthenticationException where the registry refuses to show it
     * @throws CorruptImageException where what comes back is not what its digest promises, or no image
     * @throws RegistryUnavailableException where the registry cannot be reached or keeps failing
     * @throws IllegalArgumentException for {@link ImageReference.Incus} and {@link ImageReference.Simplestreams}, which
     *     name images that only an Incus daemon can resolve
     */
    public SourceImage resolve(ImageReference reference) {
        Objects.requireNonNull(reference);
        if (reference instanceof ImageReference.Registry registry) {
            return inRegistry(registry);
        }
        throw new IllegalArgumentException(reference + " cannot be resolved without an Incus daemon");
    }

    private SourceImage inRegistry(ImageReference.Registry reference) {
        RegistryEndpoint origin = new RegistryEndpoint(http, reference.host(), reference.repository(), credentials);
        Registry registry = new Registry(List.of(origin), cache, workspace.progress());
        return new ImageResolver(registry, reference, settings.architecture(), workspace)
                .resolve(registry.manifest(reference));
    }

    @Override
    public void close() {
        http.close();
    }

    /** Collects what it takes to find images. */
    public static final class Builder {

        private RegistrySettings settings = RegistrySettings.builder().build();
        private Progress progress = Progress.none();
        private Patience patience = Patience.USUAL;
        private Map<String, String> environment = System.getenv();

        private Builder() {}

        /**
         * Sets how images are looked for and where their blobs are kept.
         *
         * @param settings not null
         * @return this builder
         */
        public Builder settings(RegistrySettings settings) {
            this.settings = Objects.requireNonNull(settings);
            return this;
        }

        /**
         * Shows how far downloads and conversions are.
         *
         * @param progress not null
         * @return this builder
         */
        public Builder progress(Progress progress) {
            this.progress = Objects.requireNonNull(progress);
            return this;
        }

        /** Waits for servers less long, in tests. */
        Builder patience(Patience patience) {
            this.patience = patience;
            return this;
        }

        /** Reads proxies and the places of credentials from here, in tests. */
        Builder environment(Map<String, String> environment) {
            this.environment = Map.copyOf(environment);
            return this;
        }

        /** {@return the images} */
        public OciImages build() {
            return new OciImages(this);
        }
    }
}
