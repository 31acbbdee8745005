package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.inOurProject;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.incusstemcell.container.BootFile;
import io.github.incusstemcell.container.PrivateNetwork;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.incus.InstanceInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** What a test can say of its container, by annotation, by builder and by configuration. */
class SettingsTest {

    private static final String SETTINGS = "{\"agent_id\": \"from-a-test\"}";

    private static Stemcells stemcells;

    /** A network of these tests' own, and an address on it. */
    static String network;

    static String address;

    @BeforeAll
    static void network() {
        stemcells = Stemcells.builder().connect();
        PrivateNetwork made = stemcells.createNetwork("SettingsTest");
        network = made.name();
        inOurProject(incus -> address = incus.networks()
                .find(network)
                .orElseThrow()
                .config()
                .get("ipv4.address")
                .replaceFirst("\\.1/24$", ".200"));
    }

    @AfterAll
    static void noNetwork() {
        inOurProject(incus -> incus.networks().delete(network));
        stemcells.close();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void comeFromAnAnnotation() {
        assertSucceeded(run(Annotated.class), 1);
    }

    @Test
    void comeFromABuilder() {
        assertSucceeded(run(Built.class), 1);
    }

    @Test
    void comeFromTheConfigurationWhereTheTestIsSilent() {
        Map<String, String> parameters = Map.of(
                "incus.stemcell.limits.cpu", "2",
                "incus.stemcell.limits.memory", "25%",
                "incus.stemcell.limits.disk", "4GiB",
                "incus.stemcell.storage-pool", "default",
                "incus.stemcell.project", "incus-stemcell",
                "incus.stemcell.journal", "true");

        assertSucceeded(run(parameters, Configured.class, ByIncusKeys.class), 2);
    }

    /** Which of both depends on the controllers that the machine has; dev/test wants a warning. */
    @Test
    void areInForceOrAnErrorWhereTheyAreLimits() {
        EngineExecutionResults results;
        System.setProperty("incus.stemcell.limits.unenforced", "error");
        try {
            results = run(Limited.class);
        } finally {
            System.clearProperty("incus.stemcell.limits.unenforced");
        }

        List<String> failures = results.testEvents().failed().stream()
                .map(failed -> failed.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow()
                        .getMessage())
                .toList();
        assertThat(failures).allSatisfy(message -> assertThat(message)
                .contains("The limit limits.memory=512MiB of the container for SettingsTest.Limited.test is not in"
                        + " force: containers of that machine have no cgroup controller 'memory'"));
    }

    @Test
    void ofHowItIsRunAreUpToTheConfiguration() {
        assertFailed(
                run(Map.of("incus.stemcell.target", "node2"), ElsewhereByItself.class),
                ParameterResolutionException.class,
                "The target 'node2' of the container for SettingsTest.ElsewhereByItself.test would be a member of a cluster, but "
                        + endpoint() + " is none. Remove it, or name a member of the cluster with"
                        + " incus.stemcell.endpoint");
    }

    @Test
    void letTestsHaveTheSameAddressOneAfterTheOther() {
        assertSucceeded(run(Addressed.class), 2);
    }

    @Test
    void letOnlyOneOfTheTestsThatRunTogetherHaveAnAddress() {
        EngineExecutionResults results = run(
                Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.mode.default", "concurrent",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "2",
                        "incus.stemcell.parallel-starts", "2"),
                AddressedTogether.class);

        results.testEvents().assertStatistics(stats -> stats.succeeded(1).failed(1));
        String test = "the container 'ic-\\w+' for SettingsTest\\.AddressedTogether\\.(one|other)";
        results.testEvents()
                .failed()
                .assertEventsMatchExactly(event(finishedWithFailure(
                        instanceOf(ParameterResolutionException.class),
                        message(text -> text.matches(
                                "(?s).*: The address " + address + " cannot be given to " + test + ": " + test
                                        + " has it\\. Give each its own; or, if tests run in parallel that want the same, run them"
                                        + " one after the other with @Execution\\(SAME_THREAD\\) or @ResourceLock")))));
    }

    @Test
    void nameTheElementWhereTheyAreWrong() {
        assertFailed(
                run(BadMemory.class),
                ExtensionConfigurationException.class,
                "memory of @IncusStemcell on SettingsTest.BadMemory cannot be read: '512 MB' is no limit of memory; write for example"
                        + " 512MiB, or 25%");
        assertFailed(
                run(BadAddress.class),
                ExtensionConfigurationException.class,
                "address of @IncusStemcell on SettingsTest.BadAddress cannot be read: 'first' is no IPv4 address; write for example"
                        + " 10.78.0.50");
        assertFailed(
                run(BadAgentSettings.class),
                ExtensionConfigurationException.class,
                "agentSettings of @IncusStemcell on SettingsTest.BadAgentSettings cannot be read: The agent's settings are no JSON"
                        + " object, but: []");
        assertFailed(
                run(BadFile.class),
                ExtensionConfigurationException.class,
                "files of @IncusStemcell on SettingsTest.BadFile cannot be read: '/etc/motd' names nothing to copy; write"
                        + " /etc/motd=src/test/motd, or /srv/empty/ for a folder");
        assertFailed(
                run(NoData.class),
                ParameterResolutionException.class,
                "'src/test/nothing', which is to be copied to '/var/vcap/data' in the guest, does not exist on this"
                        + " machine, as " + Path.of("src/test/nothing").toAbsolutePath());
        assertThatThrownBy(() -> IncusStemcellExtension.builder().cpu("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'none' is no number of CPUs; write for example 2, or 0-1 for the first two");
    }

    private static String endpoint() {
        StringBuilder endpoint = new StringBuilder();
        inOurProject(incus -> endpoint.append(incus.endpoint()));
        return endpoint.toString();
    }

    /** One CPU, a root disk in the default pool, and the rest as given. The container of the test before may not have gone yet. */
    static void assertLimits(StemcellContainer stemcell, String memory, String disk) {
        InstanceInfo own = ownInstances().stream()
                .filter(instance -> instance.name().equals(stemcell.name()))
                .findFirst()
                .orElseThrow();
        assertThat(own.config()).containsEntry("limits.cpu", "1").containsEntry("limits.memory", memory);
        assertThat(own.devices().get("root")).containsEntry("size", disk).containsEntry("pool", "default");
    }

    static void assertAgentRuns(StemcellContainer stemcell) {
        assertThat(stemcell.exec("systemctl", "is-active", "bosh-agent", "monit")
                        .stdout())
                .isEqualTo("active\nactive\n");
    }

    static void assertJournalIsFollowed(StemcellContainer stemcell) {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .contains("incus-stemcell-journal-" + stemcell.name());
    }

    @IncusStemcell(
            cpu = "1",
            memory = "512MiB",
            disk = "3GiB",
            storagePool = "default",
            project = "incus-stemcell",
            agentSettings = SETTINGS,
            data = "src/test/resources/vcap-data",
            files = {"/srv/empty/", "/etc/motd=src/test/resources/vcap-data/jobs/web/monit"})
    static class Annotated {

        @Test
        void test(StemcellContainer stemcell) {
            assertLimits(stemcell, "512MiB", "3GiB");
            assertThat(stemcell.files().readString("/var/vcap/bosh/warden-cpi-agent-env.json"))
                    .isEqualTo(SETTINGS);
            assertAgentRuns(stemcell);
            assertThat(stemcell.files().readString("/var/vcap/data/jobs/web/monit"))
                    .startsWith("check process web");
            assertThat(stemcell.files().isDirectory("/srv/empty")).isTrue();
            assertThat(stemcell.files().readString("/etc/motd")).startsWith("check process web");
        }
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension STEMCELL = IncusStemcellExtension.builder()
                .cpu("1")
                .memory("512MiB")
                .disk("3GiB")
                .storagePool("default")
                .project("incus-stemcell")
                .network(network)
                .address(address)
                .agentSettings(SETTINGS)
                .data(Path.of("src/test/resources/vcap-data"))
                .file(new BootFile.Folder("/srv/empty"))
                .journal()
                .build();

        @Test
        void test(StemcellContainer stemcell) {
            assertLimits(stemcell, "512MiB", "3GiB");
            assertThat(stemcell.address().getHostAddress()).isEqualTo(address);
            assertAgentRuns(stemcell);
            assertThat(stemcell.files().isDirectory("/srv/empty")).isTrue();
            assertJournalIsFollowed(stemcell);
        }
    }

    @IncusStemcell(cpu = "1")
    static class Configured {

        @Test
        void test(StemcellContainer stemcell) {
            assertLimits(stemcell, "25%", "4GiB");
            assertJournalIsFollowed(stemcell);
        }
    }

    @IncusStemcell(
            project = "somewhere",
            storagePool = "floppy",
            config = {"limits.cpu=1", "limits.memory=300MiB"},
            devices = "root,size=5GiB,pool=default")
    static class ByIncusKeys {

        @Test
        void test(StemcellContainer stemcell) {
            assertLimits(stemcell, "300MiB", "5GiB");
        }
    }

    @IncusStemcell(target = "node1")
    static class ElsewhereByItself extends Silent {}

    static class Addressed {

        @RegisterExtension
        static final IncusStemcellExtension STEMCELL = IncusStemcellExtension.builder()
                .network(network)
                .address(address)
                .build();

        @Test
        void one(StemcellContainer stemcell) {
            assertThat(stemcell.address().getHostAddress()).isEqualTo(address);
        }

        @Test
        void other(StemcellContainer stemcell) {
            assertThat(stemcell.address().getHostAddress()).isEqualTo(address);
        }
    }

    static class AddressedTogether extends Addressed implements TestWatcher {

        static final CountDownLatch REFUSED = new CountDownLatch(1);

        @RegisterExtension
        static final TestWatcher WATCHER = new AddressedTogether();

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            REFUSED.countDown();
        }

        @Override
        @Test
        void one(StemcellContainer stemcell) {
            holdOn();
        }

        @Override
        @Test
        void other(StemcellContainer stemcell) {
            holdOn();
        }

        private static void holdOn() {
            try {
                assertThat(REFUSED.await(60, SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Of which only the settings matter. */
    @IncusStemcell(memory = "512MiB")
    static class Limited {

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(stemcell.files().readString("/proc/meminfo")).contains("524288 kB");
        }
    }

    abstract static class Silent {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(memory = "512 MB")
    static class BadMemory extends Silent {}

    @IncusStemcell(address = "first")
    static class BadAddress extends Silent {}

    @IncusStemcell(agentSettings = "[]")
    static class BadAgentSettings extends Silent {}

    @IncusStemcell(files = "/etc/motd")
    static class BadFile extends Silent {}

    @IncusStemcell(data = "src/test/nothing")
    static class NoData extends Silent {}
}
