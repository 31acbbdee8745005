package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistrySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What dev/test sets up for the tests, from the environment: without it they fail. */
final class TestMachine {

    private TestMachine() {}

    static ImageReference image() {
        return ImageReference.parse(variable("INCUS_STEMCELL_IMAGE"));
    }

    /** A small Debian that has no trait of a stemcell. */
    static ImageReference plainImage() {
        return ImageReference.parse("rootfs:" + variable("INCUS_STEMCELL_DEV_ROOTFS"));
    }

    /** {@return replicas of several generations of stemcells, the default one first, as dev/bench names them} */
    static List<String> generations() {
        return List.of(variable("INCUS_STEMCELL_DEV_GENERATIONS").split(" "));
    }

    static ContainerSpec spec() {
        return ContainerSpec.of(image());
    }

    static OciImages sources() {
        return sources(variable("INCUS_STEMCELL_REGISTRY_INSECURE"));
    }

    static OciImages sources(String insecureHost) {
        return OciImages.builder()
                .settings(RegistrySettings.builder().insecureHost(insecureHost).build())
                .build();
    }

    static Endpoint endpoint() {
        try (Incus incus = Incus.connect()) {
            return incus.endpoint();
        }
    }

    static Stemcells.Builder stemcells() {
        return Stemcells.builder().sources(sources());
    }

    static List<InstanceInfo> instancesOf(String owner) {
        try (Incus incus = Incus.connect()) {
            return incus.project(Placement.DEFAULT_PROJECT).instances().list().stream()
                    .filter(instance -> owner.equals(instance.config().get(Lease.OWNER)))
                    .toList();
        }
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        assertThat(value)
                .as("the environment variable " + name + ", which dev/test sets: run the tests by it")
                .isNotBlank();
        return value;
    }
}
