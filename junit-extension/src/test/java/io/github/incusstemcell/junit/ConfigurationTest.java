package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.junit.Configuration.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

class ConfigurationTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(incus\\.stemcell\\.[a-z0-9.-]+)` \\| \\S.*\\|$");

    private static final String FROM_PROPERTIES = ". It is set by junit-platform.properties, or JUnit's launcher";

    @Test
    void namesWhatNobodyReadsAndWhatWasMeant() {
        assertThat(UnknownKeys.find(
                        Set.of("incus.stemcell.storagepool", "incus.stemcell.image", "java.home"),
                        Map.of("INCUS_STEMCELL_CLEAN_UP", "never", "INCUS_STEMCELL_DEV_STATE", "/x", "HOME", "/root"),
                        Set.of("incus.stemcell.startup.timeout", "junit.jupiter.execution.parallel.enabled")))
                .containsExactly(
                        "The system property 'incus.stemcell.storagepool' means nothing here. Did you mean"
                                + " 'incus.stemcell.storage-pool'?",
                        "The environment variable 'INCUS_STEMCELL_CLEAN_UP' means nothing here. Did you mean"
                                + " 'INCUS_STEMCELL_CLEANUP'?",
                        "The key of junit-platform.properties 'incus.stemcell.startup.timeout' means nothing here. Did you"
                                + " mean 'incus.stemcell.startup-timeout'?");
    }

    @Test
    void takesASystemPropertyBeforeTheEnvironmentAndThatBeforeTheProperties() {
        // dev/test names the image in the environment, and no storage pool.
        String fromEnvironment = System.getenv("INCUS_STEMCELL_IMAGE");
        Configuration configuration = of(Map.of("image", "from/properties:1", "storage-pool", " from properties "));

        assertThat(configuration.get(Key.STORAGE_POOL)).contains("from properties");
        assertThat(configuration.get(Key.IMAGE)).contains(fromEnvironment);
        System.setProperty("incus.stemcell.image", "from/system:1");
        try {
            assertThat(configuration.get(Key.IMAGE)).contains("from/system:1");
        } finally {
            System.clearProperty("incus.stemcell.image");
        }
    }

    @Test
    void goesBeforeTheCodeAboutHowATestIsRunAndBehindItAboutWhatIsTested() {
        Template said = IncusStemcellExtension.builder()
                .image("incus:said")
                .network("said")
                .memory("1GiB")
                .cleanup(Cleanup.NEVER)
                .startupTimeout(Duration.ofSeconds(7))
                .project("said")
                .storagePool("said")
                .target("said")
                .journal()
                .template();
        Map<String, String> configured = Map.of(
                "network", "configured",
                "limits.memory", "2GiB",
                "cleanup", "on_success",
                "startup-timeout", "9",
                "project", "configured",
                "storage-pool", "configured",
                "target", "configured",
                "journal", "false");

        MachineSettings settings = MachineSettings.of(said, "Any.test", of(configured));
        ContainerSpec spec = settings.spec();
        assertThat(spec.network()).contains("said");
        assertThat(spec.limits().memory()).contains("1GiB");
        assertThat(settings.cleanup()).isEqualTo(Cleanup.ON_SUCCESS);
        assertThat(spec.startupTimeout()).isEqualTo(Duration.ofSeconds(9));
        // Those of the connection then, which the configuration names.
        assertThat(spec.location().project()).isEmpty();
        assertThat(spec.location().storagePool()).isEmpty();
        assertThat(spec.location().target()).contains("configured");
        assertThat(spec.logsJournal()).isFalse();
        assertThat(MachineSettings.of(said, "Any.test", of(Map.of())).spec().startupTimeout())
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void saysWhatIsWrongWithAValueAndWhatIsAllowed() {
        assertBad(
                "startup-timeout",
                "soon",
                "'soon' is no number of seconds for incus.stemcell.startup-timeout; write for example 60");
        assertBad(
                "startup-timeout",
                "0",
                "'0' is no number of seconds for incus.stemcell.startup-timeout; write for example 60");
        assertBad(
                "cleanup",
                "sometimes",
                "'sometimes' is not a value of incus.stemcell.cleanup; write always, on_success or never");
        assertBad("journal", "yes", "'yes' is neither true nor false for incus.stemcell.journal");
        assertBad(
                "overlay.without",
                "agent, clok",
                "'clok' in incus.stemcell.overlay.without is no part of the overlay; these are: hostname, machine-id,"
                        + " network, resolver, log-mount, ssh-host-keys, first-boot, agent, runit, kernel, udev, clock, update-done, switch");
        assertBad(
                "limits.cpu",
                "many",
                "'many' is no value for incus.stemcell.limits.cpu: 'many' is no number of CPUs; write for example 2, or"
                        + " 0-1 for the first two");
        assertBad(
                "limits.memory",
                "512 MB",
                "'512 MB' is no value for incus.stemcell.limits.memory: '512 MB' is no limit of memory; write for"
                        + " example 512MiB, or 25%");
        assertBad(
                "limits.disk",
                "big",
                "'big' is no value for incus.stemcell.limits.disk: 'big' is no size of a root disk; write for example"
                        + " 3GiB");
    }

    @Test
    void saysWhereABadValueStands() {
        System.setProperty("incus.stemcell.cleanup", "sometimes");
        try {
            assertThatThrownBy(() -> of(Map.of("cleanup", "never")).word(Key.CLEANUP, Cleanup.values()))
                    .hasMessageEndingWith("; write always, on_success or never. It is set by the system property");
        } finally {
            System.clearProperty("incus.stemcell.cleanup");
        }
        // dev/test names the image in the environment.
        assertThatThrownBy(() -> of(Map.of()).flag(Key.IMAGE))
                .hasMessageEndingWith(". It is set by the environment variable INCUS_STEMCELL_IMAGE");
    }

    @Test
    void saysThatTheImageOfTheConfigurationIsNone() {
        System.setProperty("incus.stemcell.image", "./layout");
        try {
            Template template = IncusStemcellExtension.builder().template();
            assertThatThrownBy(() -> MachineSettings.of(template, "Any.test", of(Map.of())))
                    .isInstanceOf(ExtensionConfigurationException.class)
                    .hasMessageStartingWith(
                            "'./layout' is no value for incus.stemcell.image: './layout' does not name an"
                                    + " image: it looks like a path on this machine;")
                    .hasMessageEndingWith(". It is set by the system property");
        } finally {
            System.clearProperty("incus.stemcell.image");
        }
    }

    @Test
    void saysWhatIsWrongWithAConnectionBeforeItIsMade() {
        assertBadConnection(
                "network.subnet",
                "10.78.0.1",
                "'10.78.0.1' is no value for incus.stemcell.network.subnet: '10.78.0.1' is no IPv4 subnet; write the"
                        + " gateway's address and the prefix: 10.78.0.1/24");
        assertBadConnection(
                "image.server",
                "http://images.example.org",
                "'http://images.example.org' is no value for incus.stemcell.image.server: The server of images has to be"
                        + " an https address, but 'http://images.example.org' is none: Incus takes no other");
        assertBadConnection(
                "registry.mirrors",
                "ghcr.io=https://mirror.example.org/ghcr",
                "'ghcr.io=https://mirror.example.org/ghcr' is no value for incus.stemcell.registry.mirrors:"
                        + " 'https://mirror.example.org/ghcr' is no registry as references name it; write"
                        + " host[:port][/path], without a scheme");
        System.setProperty("incus.stemcell.limits.unenforced", "ignore");
        try {
            assertThatThrownBy(() -> SuiteConnection.open(of(Map.of())))
                    .hasMessage(
                            "'ignore' is not a value of incus.stemcell.limits.unenforced; write error or warn. It is set"
                                    + " by the system property");
        } finally {
            System.clearProperty("incus.stemcell.limits.unenforced");
        }
        assertBadConnection(
                "image.max-age",
                "1",
                "'1' is no number of days for incus.stemcell.image.max-age; write at least 2, or 0 for ever");
        assertThatThrownBy(() -> of(Map.of("starts-ahead", "-1")).countOrZero(Key.STARTS_AHEAD))
                .hasMessage("'-1' is no number for incus.stemcell.starts-ahead; write for example 2, or 0 for none"
                        + FROM_PROPERTIES);
        assertThatThrownBy(() -> of(Map.of("parallel-starts", "0")).count(Key.PARALLEL_STARTS))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(
                        "'0' is no number for incus.stemcell.parallel-starts; write for example 4" + FROM_PROPERTIES);
        assertThatThrownBy(() -> Reporting.of(of(Map.of("diagnostics", "maybe"))))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("'maybe' is not a value of incus.stemcell.diagnostics; write on_failure, always or never"
                        + FROM_PROPERTIES);
    }

    private static void assertBad(String key, String value, String message) {
        Template template = IncusStemcellExtension.builder().image("incus:any").template();
        assertThatThrownBy(() -> MachineSettings.of(template, "Any.test", of(Map.of(key, value))))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(message + FROM_PROPERTIES);
    }

    private static void assertBadConnection(String key, String value, String message) {
        assertThatThrownBy(() -> SuiteConnection.open(of(Map.of(key, value))))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(message + FROM_PROPERTIES);
    }

    private static Configuration of(Map<String, String> values) {
        return new Configuration(key -> Optional.ofNullable(values.get(key.substring("incus.stemcell.".length()))));
    }

    @Test
    void isDocumentedKeyByKey() throws IOException {
        List<String> documented = ROW.matcher(Files.readString(Path.of("../docs/settings.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Key.values()).map(Key::property).toList());
    }
}
