package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.io.TempDir;

class SourceConfigurationTest {

    @TempDir
    Path folder;

    @Test
    void readsEverySetting() throws IOException {
        Path authFile = Files.writeString(folder.resolve("auth.json"), "{}");
        RegistrySettings settings = read(Map.of(
                "registry.mirrors", "ghcr.io=mirror.example.org/ghcr, ghcr.io=other.example.org",
                "registry.auth-file", authFile.toString(),
                "cache.folder", "/var/cache/stemcells",
                "cache.max-size", "3GiB",
                "architecture", "arm64"));

        assertThat(settings.mirrors())
                .containsEntry("ghcr.io", List.of("mirror.example.org/ghcr", "other.example.org"));
        assertThat(settings.authFiles()).containsExactly(authFile);
        assertThat(settings.cacheFolder()).isEqualTo(Path.of("/var/cache/stemcells"));
        assertThat(settings.cacheMaxSize()).isEqualTo(3L << 30);
        assertThat(settings.architecture()).isEqualTo("arm64");
    }

    @Test
    void leavesTheDefaultsWhereNothingIsSet() {
        assertThat(read(Map.of()))
                .isEqualTo(RegistrySettings.builder().insecureHost("unset").build());
    }

    @Test
    void saysWhatIsNoMirrorAndWhatIsNoSize() {
        assertThatThrownBy(() -> read(Map.of("registry.mirrors", "mirror.example.org")))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("'mirror.example.org' is no value for incus.stemcell.registry.mirrors: 'mirror.example.org'"
                        + " names no registry with its mirror;"
                        + " write for example ghcr.io=mirror.example.org/ghcr"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
        assertThatThrownBy(() -> read(Map.of("cache.max-size", "20 gigs")))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(
                        "'20 gigs' is no value for incus.stemcell.cache.max-size: it is no size; write for example 20GiB, or a number"
                                + " of bytes" + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void refusesAFileWithCredentialsThatIsNotThere() {
        Path missing = folder.resolve("auth.json");

        assertThatThrownBy(() -> read(Map.of("registry.auth-file", missing.toString())))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("'" + missing + "' is no value for incus.stemcell.registry.auth-file: the file " + missing
                        + " does not exist. Log in with: podman login --authfile " + missing + " REGISTRY; or name no"
                        + " file, and those that podman and docker use are read"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
        assertThatThrownBy(() -> read(Map.of("registry.auth-file", folder.toString())))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageContaining(": the file " + folder + " cannot be read. Log in with: podman login");
    }

    /** The environment of dev/test names an insecure registry, which goes before what stands here. */
    private static RegistrySettings read(Map<String, String> values) {
        Map<String, String> platform = new HashMap<>();
        values.forEach((key, value) -> platform.put("incus.stemcell." + key, value));
        RegistrySettings read =
                SourceConfiguration.read(new Configuration(key -> Optional.ofNullable(platform.get(key))));
        return new RegistrySettings(
                Set.of("unset"),
                read.mirrors(),
                read.authFiles(),
                read.cacheFolder(),
                read.cacheMaxSize(),
                read.architecture());
    }
}
