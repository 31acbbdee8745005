package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.instancesOf;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import java.io.BufferedReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The containers of tests that come next start while those before are running. */
class StartsAheadTest {

    private static final String READY = "the next one is there";

    /** As though nothing were set, though this project's properties say so. */
    private static final Map<String, String> DEFAULT = Map.of("incus.stemcell.starts-ahead", "");

    private static final List<Use> USES = new CopyOnWriteArrayList<>();

    /** A container in a test, as the test saw it. */
    private record Use(String test, String name, String identity, Instant asked, Instant begun, Instant end) {}

    @BeforeEach
    void forget() {
        USES.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void whileTheTestBeforeIsRunning() {
        assertSucceeded(launch(DEFAULT, Waiting.class), 3);

        assertThat(USES).extracting(Use::test).containsExactly("a", "b", "c");
        assertThat(USES).extracting(Use::name).doesNotHaveDuplicates();
        assertThat(USES.get(1).begun()).isBefore(USES.get(0).end());
        assertThat(USES.get(2).begun()).isBefore(USES.get(1).end());
    }

    @Test
    void areMachinesOfTheirOwn() {
        assertSucceeded(launch(DEFAULT, Waiting.class), 3);

        for (int line = 0; line < 4; line++) {
            int part = line;
            assertThat(USES)
                    .extracting(use -> use.identity().split("\n")[part])
                    .doesNotHaveDuplicates()
                    .doesNotContain("");
        }
        assertThat(USES).allSatisfy(use -> assertThat(use.identity()).contains("\nhost " + use.name() + "\n"));
    }

    @Test
    void notWhereThatIsSwitchedOff() {
        assertSucceeded(launch(Map.of("incus.stemcell.starts-ahead", "0"), Plain.class), 4);

        for (int i = 1; i < USES.size(); i++) {
            assertThat(USES.get(i).begun()).isAfter(USES.get(i - 1).end());
        }
    }

    @Test
    void notWhereMachinesAreLimited() {
        Map<String, String> parameters = new HashMap<>(DEFAULT);
        parameters.put("incus.stemcell.machines", "1");

        assertSucceeded(launch(parameters, Plain.class), 4);

        for (int i = 1; i < USES.size(); i++) {
            assertThat(USES.get(i).begun()).isAfter(USES.get(i - 1).end());
        }
    }

    @Test
    void noneForTestsThatAreDisabledOrWantOthers() {
        assertSucceeded(launch(DEFAULT, Mixed.class), 4);

        assertThat(USES).extracting(Use::test).containsExactly("a", "c", "d", "e");
    }

    @Test
    void goToAnotherTestWhereTheirOwnFailsBefore() {
        TestExecutionSummary summary = launch(Map.of("incus.stemcell.starts-ahead", "1"), FailingBefore.class);

        assertThat(summary.getTestsFailedCount()).isEqualTo(1);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
        assertThat(USES).extracting(Use::test).containsExactly("a", "c");
        assertThat(USES.get(1).begun()).isBefore(USES.get(0).end());
    }

    @Test
    void areGoneWhereNoTestWantsThemAnyMore() {
        TestExecutionSummary summary = launch(DEFAULT, FailingAll.class, Last.class);

        assertThat(summary.getTestsFailedCount()).isEqualTo(2);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
    }

    @Test
    void leaveItToTheTestToTellOfAFailure() {
        TestExecutionSummary summary = launch(DEFAULT, Refused.class);

        assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
        assertThat(summary.getFailures()).singleElement().satisfies(failure -> assertThat(failure.getException())
                .hasMessageContaining("Invalid value for an integer \"many\""));
    }

    @Test
    void areForTestsThatRunInParallelToo() {
        Map<String, String> parameters = new HashMap<>(DEFAULT);
        parameters.put("junit.jupiter.execution.parallel.enabled", "true");
        parameters.put("junit.jupiter.execution.parallel.mode.default", "concurrent");
        parameters.put("junit.jupiter.execution.parallel.config.strategy", "fixed");
        parameters.put("junit.jupiter.execution.parallel.config.fixed.parallelism", "3");

        assertSucceeded(launch(parameters, Owned.class, OwnedToo.class), 12);

        assertThat(USES).hasSize(12).extracting(Use::name).doesNotHaveDuplicates();
    }

    @Test
    void areRemovedWhenTheJvmIsTerminated() throws Exception {
        Process process = fork();

        process.toHandle().destroy();
        process.waitFor();

        assertThat(instancesOf(process.pid())).isEmpty();
    }

    @Test
    void areRemovedByTheNextRunWhenTheJvmIsKilled() throws Exception {
        Process process = fork();

        process.destroyForcibly().waitFor();
        assertThat(instancesOf(process.pid())).hasSizeGreaterThan(1);
        Kit.assertSucceeded(Kit.run(Single.class), 1);

        assertThat(instancesOf(process.pid())).isEmpty();
    }

    /** A JVM whose first test waits for ever, while the container of the second is up. */
    private static Process fork() throws Exception {
        Process process = Kit.java(Main.class.getName());
        BufferedReader output = process.inputReader();
        List<String> lines = new ArrayList<>();
        String line = output.readLine();
        while (line != null && !line.equals(READY)) {
            lines.add(line);
            line = output.readLine();
        }
        assertThat(line).as(String.join("\n", lines)).isEqualTo(READY);
        return process;
    }

    private static TestExecutionSummary launch(Map<String, String> parameters, Class<?>... fixtures) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .configurationParameters(parameters)
                                .selectors(Arrays.stream(fixtures)
                                        .map(DiscoverySelectors::selectClass)
                                        .toArray(DiscoverySelector[]::new))
                                .build(),
                        summary);
        return summary.getSummary();
    }

    private static void assertSucceeded(TestExecutionSummary summary, int tests) {
        assertThat(summary.getFailures())
                .extracting(TestExecutionSummary.Failure::getException)
                .isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(tests);
    }

    /** Looks at a container, and waits for something before the test ends. */
    private static void use(String test, StemcellContainer stemcell, Runnable waiting) {
        Instant asked = Instant.now();
        String identity = stemcell.shell("""
                cat /etc/machine-id
                cat /etc/ssh/ssh_host_ed25519_key.pub
                echo host $(hostname)
                journalctl --output=export --lines=1 | grep __CURSOR
                """).requireSuccess().stdout();
        waiting.run();
        USES.add(new Use(
                test, stemcell.name(), identity, asked, stemcell.startTimes().begin(), Instant.now()));
    }

    /** The containers of this JVM that run and were started for a test. */
    private static List<InstanceInfo> of(Class<?> type, String test) {
        return ownInstances().stream()
                .filter(InstanceInfo::isRunning)
                .filter(instance -> (Declaration.describe(type) + "." + test)
                        .equals(instance.config().get("user.incus-stemcell.owner")))
                .toList();
    }

    private static void awaitOne(Class<?> type, String test) {
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(of(type, test)).hasSize(1));
    }

    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class Waiting {

        @Test
        void a(StemcellContainer stemcell) {
            use("a", stemcell, () -> awaitOne(Waiting.class, "b"));
        }

        @Test
        void b(StemcellContainer stemcell) {
            use("b", stemcell, () -> awaitOne(Waiting.class, "c"));
        }

        @Test
        void c(StemcellContainer stemcell) {
            use("c", stemcell, () -> await().untilAsserted(
                            () -> assertThat(ownInstances()).hasSize(1)));
        }
    }

    @IncusStemcell
    static class Plain {

        @RepeatedTest(4)
        void test(StemcellContainer stemcell) {
            use("test", stemcell, () -> {});
        }
    }

    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class Mixed {

        @Test
        void a(StemcellContainer stemcell) {
            use("a", stemcell, () -> awaitOne(Mixed.class, "d"));
            assertThat(of(Mixed.class, "b")).isEmpty();
            assertThat(of(Mixed.class, "c")).isEmpty();
        }

        @Test
        @Disabled("so that it wants no container")
        void b(StemcellContainer stemcell) {}

        @Test
        void c(@Node("db") StemcellContainer db) {
            use("c", db, () -> {});
        }

        @Test
        @IncusStemcell(memory = "700MiB")
        void d(StemcellContainer stemcell) {
            assertThat(Kit.config(stemcell)).containsEntry("limits.memory", "700MiB");
            use("d", stemcell, () -> awaitOne(Mixed.class, "e"));
        }

        @Test
        void e(StemcellContainer stemcell) {
            assertThat(Kit.config(stemcell)).doesNotContainKey("limits.memory");
            use("e", stemcell, () -> {});
        }
    }

    /** Fails before a test can ask for a container; it has to stand before our annotation. */
    static final class Failing implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            String test = context.getRequiredTestMethod().getName();
            if (test.startsWith("b")) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    @ExtendWith(Failing.class)
    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class FailingBefore {

        @Test
        void a(StemcellContainer stemcell) {
            use("a", stemcell, () -> awaitOne(FailingBefore.class, "b"));
        }

        @Test
        void b(StemcellContainer stemcell) {}

        @Test
        void c(StemcellContainer stemcell) {
            use("c", stemcell, () -> {});
            assertThat(Kit.config(stemcell))
                    .containsEntry("user.incus-stemcell.owner", "StartsAheadTest.FailingBefore.c");
        }
    }

    @ExtendWith(Failing.class)
    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class FailingAll {

        @Test
        void a(StemcellContainer stemcell) {
            use("a", stemcell, () -> awaitOne(FailingAll.class, "b1"));
        }

        @Test
        void b1(StemcellContainer stemcell) {}

        @Test
        void b2(StemcellContainer stemcell) {}
    }

    /** Wants no container, so that those of the class before are of no use. */
    static class Last {

        @Test
        void test() {
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(ownInstances()).isEmpty());
        }
    }

    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class Refused {

        @Test
        void a(StemcellContainer stemcell) {
            use("a", stemcell, () -> awaitOne(Refused.class, "c"));
        }

        @Test
        @IncusStemcell(config = "limits.processes=many")
        void b(StemcellContainer stemcell) {}

        @Test
        void c(StemcellContainer stemcell) {
            use("c", stemcell, () -> {});
        }
    }

    @IncusStemcell
    static class Owned {

        @RepeatedTest(3)
        void one(StemcellContainer stemcell) {
            look("one", stemcell);
        }

        @RepeatedTest(3)
        void other(StemcellContainer stemcell) {
            look("other", stemcell);
        }

        private void look(String test, StemcellContainer stemcell) {
            use(test, stemcell, () -> {});
            assertThat(Kit.config(stemcell))
                    .containsEntry("user.incus-stemcell.owner", Declaration.describe(getClass()) + "." + test);
        }
    }

    static class OwnedToo extends Owned {}

    @IncusStemcell
    static class Single {

        @Test
        void test(StemcellContainer stemcell) {
            stemcell.exec("true").requireSuccess();
        }
    }

    /** What a build tool has in the JVMs that it forks. */
    static final class Main {

        public static void main(String... arguments) {
            launch(DEFAULT, Endless.class);
        }
    }

    @IncusStemcell
    @TestMethodOrder(MethodName.class)
    static class Endless {

        @Test
        void a(StemcellContainer stemcell) {
            awaitOne(Endless.class, "b");
            System.out.println(READY);
            stemcell.exec("sleep", "600");
        }

        @Test
        void b(StemcellContainer stemcell) {
            stemcell.exec("true");
        }
    }
}
