package io.github.incusstemcell.junit;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.container.ShownProgress;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.stemcell.Conversion;
import io.github.incusstemcell.stemcell.ImageServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Turns the configuration into a connection. */
final class SuiteConnection {

    /** As many as a suite's containers and images of some stemcells take; it grows in the file as it is filled. */
    private static final String STORAGE_SIZE = "20GiB";

    private SuiteConnection() {}

    static Stemcells open(Configuration configuration) {
        Progress progress = progress(configuration);
        Stemcells.Builder stemcells = Stemcells.builder().progress(progress).sources(sources(configuration, progress));
        configuration.set(Key.ENDPOINT, stemcells, (builder, text) -> builder.endpoint(Endpoint.parse(text)));
        configuration.get(Key.PROJECT).ifPresent(stemcells::project);
        configuration.get(Key.STORAGE_POOL).ifPresent(stemcells::storagePool);
        if (configuration.flag(Key.STORAGE_CREATE).orElse(false)) {
            stemcells.createStorage(STORAGE_SIZE);
            configuration.set(Key.STORAGE_SIZE, stemcells, Stemcells.Builder::createStorage);
        }
        configuration.count(Key.MACHINES).ifPresent(stemcells::machines);
        configuration.set(Key.NETWORK_SUBNET, stemcells, Stemcells.Builder::networkSubnet);
        configuration.flag(Key.NETWORK_IPV6).ifPresent(stemcells::networkIpv6);
        configuration.word(Key.CONVERSION, Conversion.values()).ifPresent(stemcells::conversion);
        if (unenforced(configuration).equals("error")) {
            stemcells.requireLimits();
        }
        configuration.days(Key.IMAGE_MAX_AGE).ifPresent(stemcells::imageMaxAge);
        if (configuration.flag(Key.PROVISION_REFRESH).orElse(false)) {
            stemcells.provisionedSince(
                    Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()));
        }
        configuration.set(
                Key.IMAGE_SERVER,
                stemcells,
                (builder, url) -> builder.imageServer(new ImageServer(url, certificate(configuration))));
        return stemcells.connect();
    }

    private static Optional<String> certificate(Configuration configuration) {
        return configuration.get(Key.IMAGE_SERVER_CERTIFICATE).map(file -> {
            try {
                return Files.readString(Path.of(file));
            } catch (IOException e) {
                throw configuration.refused(
                        Key.IMAGE_SERVER_CERTIFICATE,
                        "The file '" + file + "' of " + Key.IMAGE_SERVER_CERTIFICATE.property() + " cannot be read: "
                                + e,
                        e);
            }
        });
    }

    private static String unenforced(Configuration configuration) {
        String word = configuration.get(Key.LIMITS_UNENFORCED).orElse("error");
        if (!word.equals("error") && !word.equals("warn")) {
            throw configuration.refused(
                    Key.LIMITS_UNENFORCED,
                    "'" + word + "' is not a value of " + Key.LIMITS_UNENFORCED.property() + "; write error or warn");
        }
        return word;
    }

    private static Progress progress(Configuration configuration) {
        String shown = configuration.get(Key.PROGRESS).orElse("auto");
        return switch (shown) {
            case "auto" -> ShownProgress.forThisProcess();
            case "bars" -> ShownProgress.bars();
            case "lines" -> ShownProgress.lines();
            case "none" -> Progress.none();
            default ->
                throw configuration.refused(
                        Key.PROGRESS,
                        "'" + shown + "' is not a value of " + Key.PROGRESS.property()
                                + "; write auto, bars, lines or none");
        };
    }

    private static OciImages sources(Configuration configuration, Progress progress) {
        return OciImages.builder()
                .progress(progress)
                .settings(SourceConfiguration.read(configuration))
                .build();
    }
}
