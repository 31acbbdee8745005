package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.registry.RegistryClient;
import io.github.incusstemcell.oci.registry.RegistryEndpoint;
import io.github.incusstemcell.oci.registry.RetryPolicy;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * Finds images by their references.
 *
 * <p>One instance serves any number of threads and images; make it once. Closing it ends its connections, not what it
 * found: a {@link Rootfs} that has been fetched can still be read.
 */
public final class OciImages implements AutoCloseable {

    private final RegistrySettings settings;
    private final Workspace workspace;
    private final RegistryClient client;
    private final BlobCache cache;

    private OciImages(Builder builder) {
        this.settings = builder.settings;
        this.workspace = new Workspace(settings.cacheFolder().resolve("work"), builder.progress);
        this.client = new RegistryClient(
                builder.patience, settings.insecureHosts(), settings.authFiles(), builder.environment);
        this.cache = new BlobCache(settings.cacheFolder(), settings.cacheMaxSize());
    }

    /** {@return a builder that starts from default settings and shows no progress} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds an image. This reads its manifest and its configuration, no layer.
     *
     * @param reference which image
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
        try {
            if (reference instanceof ImageReference.Registry registry) {
                return inRegistry(registry);
            }
            if (reference instanceof ImageReference.OciLayout layout) {
                requireFolder(layout);
                return inLayout(ArchiveEntries.of(layout.folder()), layout, layout.name(), "");
            }
            if (reference instanceof ImageReference.OciArchive archive) {
                ArchiveEntries members = members(archive.file(), archive);
                return inLayout(members, archive, archive.name(), ArchiveKind.hint(members, archive.file()));
            }
            if (reference instanceof ImageReference.DockerArchive archive) {
                return new DockerArchive(
                                members(archive.file(), archive),
                                archive,
                                workspace.progress().apart())
                        .image(settings.architecture(), workspace);
            }
            if (reference instanceof ImageReference.Stemcell stemcell) {
                return inStemcell(stemcell);
            }
            if (reference instanceof ImageReference.RootfsTarball tarball) {
                return new RootfsTarballFile(tarball, tarball(tarball.location(), tarball), cache)
                        .image(settings.architecture());
            }
        } catch (TarReader.MalformedTarException e) {
            throw new CorruptImageException("Cannot use " + reference + ": " + e.getMessage() + ".", e);
        } catch (Decompression.CutOffException e) {
            throw new CorruptImageException(
                    "Cannot use " + reference + ": " + e.getMessage() + ". " + CorruptImageException.NOT_WHOLE, e);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + reference + ": " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(reference + " names an image that only an Incus daemon can resolve");
    }

    private SourceImage inRegistry(ImageReference.Registry reference) {
        RegistryEndpoint origin = client.endpoint(reference.host(), reference.repository());
        List<RegistryEndpoint> endpoints = new ArrayList<>();
        for (String mirror : settings.mirrors().getOrDefault(reference.host(), List.of())) {
            int slash = mirror.indexOf('/');
            String host = slash < 0 ? mirror : mirror.substring(0, slash);
            String path = slash < 0 ? "" : mirror.substring(slash + 1) + "/";
            endpoints.add(client.endpoint(host, path + reference.repository()));
        }
        endpoints.add(origin);
        Registry registry = new Registry(endpoints, cache, workspace.progress().apart());
        return new ImageResolver(registry, reference, settings.architecture(), workspace)
                .resolve(registry.manifest(reference));
    }

    private SourceImage inLayout(ArchiveEntries members, ImageReference reference, Optional<String> name, String hint) {
        Layout layout = new Layout(
                members, reference.toString(), hint, workspace.progress().apart());
        return new ImageResolver(layout, reference, settings.architecture(), workspace).resolve(layout.manifest(name));
    }

    private SourceImage inStemcell(ImageReference.Stemcell reference) throws IOException {
        StemcellTarball stemcell =
                new StemcellTarball(reference, tarball(reference.location(), reference), cache, workspace);
        StemcellTarball.Facts facts = stemcell.facts();
        Optional<ImageReference.Registry> followed = StemcellTarball.follows(facts.manifest(), reference);
        return followed.isPresent() ? inRegistry(followed.get()) : stemcell.image(facts);
    }

    private ArchiveEntries members(Path file, ImageReference reference) throws IOException {
        return ArchiveEntries.ofTar(onDisk(file, reference), reference.toString(), workspace);
    }

    private Tarball tarball(String location, ImageReference reference) throws IOException {
        HttpUrl url = HttpUrl.parse(location);
        return url == null
                ? onDisk(Path.of(location), reference)
                : new UrlPull(
                                client,
                                cache,
                                url,
                                reference.toString(),
                                workspace.progress().apart())
                        .pull();
    }

    private Tarball onDisk(Path file, ImageReference reference) {
        requireFile(file, reference);
        return new Tarball.OnDisk(file, cache);
    }

    private static void requireFile(Path file, ImageReference reference) {
        if (Files.isDirectory(file)) {
            throw missing(reference, "it is a folder, and no file");
        }
        if (!Files.isRegularFile(file)) {
            throw missing(reference, "no such file: " + file.toAbsolutePath().normalize() + inRegistry(file));
        }
    }

    private static void requireFolder(ImageReference.OciLayout reference) {
        if (Files.isRegularFile(reference.folder())) {
            throw missing(
                    reference,
                    "it is a file, and no folder. For an OCI layout in a tar file write oci-archive:"
                            + reference.toString().substring("oci:".length()));
        }
        if (!Files.isDirectory(reference.folder())) {
            throw missing(
                    reference,
                    "no such folder: " + reference.folder().toAbsolutePath().normalize());
        }
    }

    private static ImageNotFoundException missing(ImageReference reference, String problem) {
        return new ImageNotFoundException("Cannot use " + reference + ": " + problem + ".");
    }

    /** What was probably meant: what begins with a host and can be read as an image there is hardly the path of a file. */
    private static String inRegistry(Path file) {
        String text = file.toString();
        try {
            boolean meant = ImageReference.parse(text) instanceof ImageReference.Registry registry
                    && text.startsWith(registry.host() + "/");
            return meant ? ". For an image in a registry write " + text : "";
        } catch (InvalidImageReferenceException e) {
            return "";
        }
    }

    /**
     * Keeps something else beside the blobs, for all processes of this user. Like a blob it goes when it was not used for longest.
     *
     * @param key what it is found by, a name for a file; what was kept by the same is replaced
     * @param content what is kept
     * @throws IncusStemcellException if it cannot be written
     */
    public void keep(String key, byte[] content) {
        cache.keep(key, content);
    }

    /**
     * Finds what was kept.
     *
     * @param key as in {@link #keep}
     * @return the content; empty where it was never kept, has gone since, or is damaged
     */
    public Optional<byte[]> kept(String key) {
        return cache.kept(key);
    }

    @Override
    public void close() {
        client.close();
    }

    /** Collects what it takes to find images. */
    public static final class Builder {

        private RegistrySettings settings = RegistrySettings.builder().build();
        private Progress progress = Progress.none();
        private RetryPolicy patience = RetryPolicy.USUAL;
        private Map<String, String> environment = System.getenv();

        private Builder() {}

        /**
         * Sets how images are looked for and where their blobs are kept.
         *
         * @param settings the settings
         * @return this builder
         */
        public Builder settings(RegistrySettings settings) {
            this.settings = Objects.requireNonNull(settings);
            return this;
        }

        /**
         * Shows how far downloads and conversions are.
         *
         * @param progress is told
         * @return this builder
         */
        public Builder progress(Progress progress) {
            this.progress = Objects.requireNonNull(progress);
            return this;
        }

        /** Waits for servers less long, in tests. */
        Builder patience(RetryPolicy patience) {
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
