package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Incus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a container can be given by Incus's own keys. */
class ContainerSettingsTest {

    @Test
    void reachIncusAndTheGuest() {
        ContainerSpec spec = TestMachine.spec()
                .withConfig("limits.memory", "512MiB")
                .withConfig("security.nesting", "true")
                .withDevice("root", Map.of("size", "3GiB"))
                // As a device, tmpfs is known only to later versions of Incus than 6.0.
                .withConfig("raw.lxc", "lxc.mount.entry = tmpfs scratch tmpfs size=16m,create=dir 0 0")
                // A folder of the machine that the daemon sees, which is not always all that we see.
                .withDevice("shared", Map.of("type", "disk", "source", "/usr", "path", "/shared", "readonly", "true"));

        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer stemcell = stemcells.launch(spec);
                Incus incus = Incus.connect()) {
            assertThat(incus.project(Placement.DEFAULT_PROJECT)
                            .instance(stemcell.name())
                            .info()
                            .devices()
                            .get("root"))
                    .containsEntry("size", "3GiB")
                    .containsEntry("path", "/")
                    .containsKey("pool");
            assertThat(stemcell.exec("stat", "-f", "-c", "%T", "/scratch").stdout())
                    .isEqualTo("tmpfs\n");
            assertThat(stemcell.files().exists("/shared/bin")).isTrue();
            assertThat(incus.project(Placement.DEFAULT_PROJECT)
                            .instance(stemcell.name())
                            .info()
                            .config())
                    .containsEntry("limits.memory", "512MiB")
                    .containsEntry("security.nesting", "true");
        }
    }
}
