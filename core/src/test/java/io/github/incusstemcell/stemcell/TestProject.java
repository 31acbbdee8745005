package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistrySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A project of its own on the Incus that dev/test sets up, with no image in it; removed at the end. */
final class TestProject implements AutoCloseable {

    private final Incus root = Incus.connect();
    private final String name = "isc-images-" + UUID.randomUUID().toString().substring(0, 8);

    TestProject() {
        root.projects()
                .create(name, Map.of("features.images", "true", "features.profiles", "true"), "for tests of images");
    }

    static ImageReference image() {
        return ImageReference.parse(variable("INCUS_STEMCELL_IMAGE"));
    }

    static OciImages sources() {
        return sources(RegistrySettings.userCacheFolder());
    }

    static OciImages sources(Path cache) {
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .insecureHost(variable("INCUS_STEMCELL_REGISTRY_INSECURE"))
                        .cacheFolder(cache)
                        .build())
                .build();
    }

    static StemcellImages imagesOf(Incus incus, OciImages sources) {
        return new StemcellImages(incus, sources, ImageServer.PUBLIC, Progress.none(), Optional.empty());
    }

    String name() {
        return name;
    }

    Incus incus() {
        return root.project(name);
    }

    Incus defaultProject() {
        return root.project("default");
    }

    List<ImageInfo> images() {
        return incus().images().list();
    }

    String pool() {
        return root.storagePools().list().get(0).name();
    }

    @Override
    public void close() {
        incus().instances().list().forEach(instance -> incus().instance(instance.name())
                .delete());
        images().forEach(image -> incus().images().delete(image.fingerprint()));
        root.projects().delete(name);
        root.close();
    }

    private static String variable(String variable) {
        assertThat(System.getenv(variable))
                .as("the environment variable " + variable + ", which dev/test sets: run the tests by it")
                .isNotBlank();
        return System.getenv(variable);
    }
}
