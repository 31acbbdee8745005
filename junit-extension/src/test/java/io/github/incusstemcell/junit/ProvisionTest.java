package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import io.github.incusstemcell.container.Provisioning;
import io.github.incusstemcell.container.ProvisioningException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.junit.report.MachineDiagnostics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Methods that provision, in each place where they can stand. */
class ProvisionTest {

    private static final String NAME = ProvisionTest.class.getName();

    /** How often a method of a fixture has provisioned. */
    static final AtomicInteger RUNS = new AtomicInteger();

    static final Set<String> MACHINE_IDS = ConcurrentHashMap.newKeySet();

    @BeforeEach
    @AfterEach
    void removeImages() {
        RUNS.set(0);
        MACHINE_IDS.clear();
        Kit.inOurProject(incus -> incus.images().list().stream()
                .filter(image -> image.properties()
                        .getOrDefault("incus-stemcell.provisioner", "")
                        .startsWith(NAME))
                .forEach(image -> incus.images().delete(image.fingerprint())));
        assertThat(Kit.ownInstances()).isEmpty();
    }

    @Test
    void provisionsOnceForAllClassesThatInheritIt() {
        Map<String, String> parallel = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent");

        assertSucceeded(run(parallel, Inheriting.class, InheritingToo.class), 3);

        assertThat(RUNS).hasValue(1);
        assertThat(MACHINE_IDS).hasSize(3);
    }

    @Test
    void provisionsNothingInALaterRun() {
        assertSucceeded(run(ByInterface.class), 1);
        String log = SimpleLog.of(() -> assertSucceeded(run(ByInterface.class), 1));

        assertThat(RUNS).hasValue(1);
        assertThat(log)
                .containsPattern("INFO ProvisionedImages - Taking what " + Pattern.quote(NAME + "$Provisioned#install")
                        + " has provisioned: provisioned-[0-9a-f]{12}-[0-9a-f]{12} of 20\\d\\d-");
    }

    /** In this JVM it was never made. */
    @Test
    void provisionsAnewInEachJvmIfAskedTo() throws Exception {
        assertSucceeded(run(ByInterface.class), 1);
        List<String> before = provisioned();

        Process build = Kit.java(
                "-Dincus.stemcell.provision.refresh=true", Fork.Main.class.getName(), ByInterface.class.getName());
        String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(build.waitFor()).as(output).isZero();
        assertThat(provisioned()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    private static List<String> provisioned() {
        return Kit.images().stream()
                .filter(image -> (NAME + "$Provisioned#install")
                        .equals(image.properties().get("incus-stemcell.provisioner")))
                .map(ImageInfo::fingerprint)
                .toList();
    }

    @Test
    void provisionsTheNodeItNames() {
        assertSucceeded(run(OneNode.class), 1);

        assertThat(RUNS).hasValue(1);
    }

    @Test
    void provisionsWhatABuilderDescribes() {
        assertSucceeded(run(Built.class), 2);

        assertThat(RUNS).hasValue(1);
    }

    @Test
    void failsEachTestThatNeedsWhatFailedAndTellsAllOfItOnce() {
        EngineExecutionResults results = run(Failing.class);

        assertThat(RUNS).hasValue(1);
        List<Throwable> failures = results.testEvents().failed().stream()
                .map(failed -> failed.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .toList();
        assertThat(failures).hasSize(2).hasOnlyElementsOfType(ParameterResolutionException.class);
        assertThat(failures.get(0).getCause()).isInstanceOf(ProvisioningException.class);
        assertThat(failures.get(0).getMessage())
                .contains(" by " + NAME + "$Failing#install (version 7) failed, so no image of it"
                        + " is kept, and every test that needs it fails; the next run tries again. It failed with"
                        + " java.io.IOException: no such release");
        assertThat(failures.get(0).getSuppressed()).hasSize(1);
        assertThat(failures.get(0).getSuppressed()[0])
                .isInstanceOf(MachineDiagnostics.class)
                .hasMessageContaining("echo tried");
        assertThat(failures.get(1)).hasMessageContaining(": The same as for ProvisionTest.Failing.");
        assertThat(failures.get(1).getMessage().lines()).hasSize(1);
        assertThat(failures.get(1).getCause()).hasNoCause();
        assertThat(failures.get(1).getCause().getStackTrace()).isEmpty();
        assertThat(failures.get(1).getSuppressed()).isEmpty();
    }

    @Test
    void aMethodOfAKotlinCompanionThatIsNotStatic() {
        assertRefused(
                InCompanion.class,
                "@Provision on ProvisionTest.InCompanion.Companion.install would never be called, as it is a method of the companion"
                        + " object only. Add @JvmStatic");
    }

    @Test
    void notAMethodOfATest() {
        assertRefused(
                NotStatic.class,
                "@Provision on ProvisionTest.NotStatic.install is on a method that is not static, but it runs once for many"
                        + " tests, and without any of them. Make the method static");
    }

    @Test
    void notAMethodWithOtherParameters() {
        assertRefused(
                OtherParameters.class,
                "@Provision on ProvisionTest.OtherParameters.install is on a method that takes StemcellContainer and String,"
                        + " but it is called with the container to provision. Let its only parameter be a StemcellContainer");
        assertRefused(
                NoParameter.class,
                "@Provision on ProvisionTest.NoParameter.install is on a method that takes no parameter, but it is called"
                        + " with the container to provision. Let its only parameter be a StemcellContainer");
    }

    @Test
    void notANodeOnTheParameter() {
        assertRefused(
                NodeOnParameter.class,
                "@Provision on ProvisionTest.NodeOnParameter.install has @Node on its parameter, where it says nothing. Write"
                        + " @Provision(node = \"...\")");
    }

    @Test
    void notANodeThatIsNoName() {
        assertRefused(
                OddNode.class,
                "'My DB' in @Provision on ProvisionTest.OddNode.install is no name for a machine. Write lower-case letters,"
                        + " digits and dashes, at most 63, such as db-1");
    }

    @Test
    void notForAMachineThatNobodyAsksFor() {
        assertRefused(
                NobodysNode.class,
                "@Provision(node = \"dbb\") in ProvisionTest.NobodysNode provisions a machine that no test asks for. Did you mean"
                        + " 'db'? There is db, web");
        assertRefused(
                NoNodes.class,
                "@Provision(node = \"db\") in ProvisionTest.NoNodes provisions a machine that no test asks for. Leave the node out,"
                        + " as none of them asks with @Node");
    }

    /** JUnit calls nothing of ours for a class without the annotation, so nothing can fail. */
    @Test
    void notWithoutAStemcell() {
        String log = SimpleLog.of(() -> LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(NoStemcell.class), selectClass(NoNodes.class))
                        .filters(includeEngines("junit-jupiter"))
                        .build()));

        assertThat(log.lines().filter(line -> line.contains("is never called")))
                .singleElement()
                .asString()
                .endsWith(
                        "ERROR DeclarationCheck - @Provision on ProvisionTest.NoStemcell.install is never called: there is"
                                + " no @IncusStemcell on ProvisionTest.NoStemcell, nor on a method or a class around it. Add it"
                                + " there");
    }

    @Test
    void notTwoForOneMachine() {
        assertRefused(
                Two.class,
                "For ProvisionTest.Two there are two methods that provision the same machine: ProvisionTest.Two.configure and"
                        + " ProvisionTest.Two.install, so which of them goes first is not clear. Let one of them call the other");
        assertRefused(
                TwoInterfaces.class,
                "For ProvisionTest.TwoInterfaces there are two methods that provision the same machine:"
                        + " ProvisionTest.Provisioned.install and ProvisionTest.ProvisionedToo.install, so which of them goes"
                        + " first is not clear. Let one of them call the other");
    }

    @Test
    void notBesideABuiltOne() {
        assertRefused(
                BuiltAndAnnotated.class,
                "For ProvisionTest.BuiltAndAnnotated.test there are both @Provision on"
                        + " ProvisionTest.BuiltAndAnnotated.install and builder().provision(nginx), so which of them goes"
                        + " first is not clear. Remove one of them");
    }

    @Test
    void notByANestedClassForAContainerThatIsShared() {
        assertRefused(
                Shared.class,
                "@Provision on ProvisionTest.Shared.Inner.install would provision a container that all tests of"
                        + " ProvisionTest.Shared share. Put it into that class, or give the tests that need it a container of"
                        + " their own with @IncusStemcell on theirs");
    }

    @Test
    void notWithAFileThatIsNotThere() {
        assertFailed(
                run(MissingFile.class),
                ParameterResolutionException.class,
                "The file 'target/no-such-release.tgz' that the provisioning " + NAME
                        + "$MissingFile#install takes is not"
                        + " there: " + Path.of("target/no-such-release.tgz").toAbsolutePath()
                        + ". Relative names start from the working directory");
    }

    private static void assertRefused(Class<?> fixture, String text) {
        assertFailed(run(fixture), ExtensionConfigurationException.class, text);
        assertThat(RUNS).hasValue(0);
    }

    static void provision(StemcellContainer stemcell) {
        RUNS.incrementAndGet();
        stemcell.files().writeString("/opt/provisioned", "");
    }

    static void assertProvisioned(StemcellContainer stemcell) {
        assertThat(stemcell.files().exists("/opt/provisioned")).isTrue();
        MACHINE_IDS.add(stemcell.files().readString("/etc/machine-id"));
    }

    @IncusStemcell
    static class Base {

        @Provision(version = "1")
        private static void install(StemcellContainer stemcell) {
            provision(stemcell);
        }
    }

    static class Inheriting extends Base {

        @Test
        void test(StemcellContainer stemcell) {
            assertProvisioned(stemcell);
        }

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                assertProvisioned(stemcell);
            }
        }
    }

    static class InheritingToo extends Base {

        @Test
        @IncusStemcell
        void withAnAnnotationOfItsOwn(StemcellContainer stemcell) {
            assertProvisioned(stemcell);
        }
    }

    @IncusStemcell(network = "none")
    interface Provisioned {

        @Provision
        static void install(StemcellContainer stemcell) {
            provision(stemcell);
        }
    }

    static class ByInterface implements Provisioned {

        @Test
        void test(StemcellContainer stemcell) {
            assertProvisioned(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class OneNode {

        @Provision(node = "db")
        static void install(StemcellContainer stemcell) {
            provision(stemcell);
        }

        @Test
        void test(@Node("db") StemcellContainer db, @Node("client") StemcellContainer client) {
            assertProvisioned(db);
            assertThat(client.files().exists("/opt/provisioned")).isFalse();
            client.shell("</dev/tcp/db/22 || getent hosts db").requireSuccess();
            // None is started for the parameter of the method that provisions.
            assertThat(Kit.ownInstances()).hasSize(2);
        }
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension STEMCELL = IncusStemcellExtension.builder()
                .scope(Scope.PER_CLASS)
                .resetBetweenTests()
                .provision(Provisioning.of(NAME + "$Built", ProvisionTest::provision)
                        .withVersion("3"))
                .build();

        @Test
        void one(StemcellContainer stemcell) {
            assertProvisioned(stemcell);
            stemcell.files().delete("/opt/provisioned");
        }

        @Test
        void other(StemcellContainer stemcell) {
            one(stemcell);
        }
    }

    @IncusStemcell
    static class Failing {

        @Provision(version = "7")
        static void install(StemcellContainer stemcell) throws Exception {
            RUNS.incrementAndGet();
            stemcell.exec("echo", "tried").requireSuccess();
            throw new java.io.IOException("no such release");
        }

        @Test
        void one(StemcellContainer stemcell) {}

        @Test
        void other(StemcellContainer stemcell) {}
    }

    static class NoStemcell {

        @Provision
        static void install(StemcellContainer stemcell) {}

        @Test
        void test() {}
    }

    /** As Kotlin compiles it. */
    @IncusStemcell
    static class InCompanion {

        static class Companion {

            @Provision
            void install(StemcellContainer stemcell) {}
        }

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class NotStatic {

        @Provision
        void install(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class OtherParameters {

        @Provision
        static void install(StemcellContainer stemcell, String release) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class NoParameter {

        @Provision
        static void install() {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class NodeOnParameter {

        @Provision
        static void install(@Node("db") StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class OddNode {

        @Provision(node = "My DB")
        static void install(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class NobodysNode {

        @Provision(node = "dbb")
        static void install(StemcellContainer stemcell) {}

        @Test
        void test(@Node("db") StemcellContainer db, @Node("web") StemcellContainer web) {}
    }

    @IncusStemcell
    static class NoNodes {

        @Provision(node = "db")
        static void install(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class Two {

        @Provision
        static void install(StemcellContainer stemcell) {}

        @Provision
        static void configure(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    interface ProvisionedToo {

        @Provision
        static void install(StemcellContainer stemcell) {}
    }

    static class TwoInterfaces implements Provisioned, ProvisionedToo {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    static class BuiltAndAnnotated {

        @RegisterExtension
        static final IncusStemcellExtension STEMCELL = IncusStemcellExtension.builder()
                .provision(Provisioning.of("nginx", container -> {}))
                .build();

        @Provision
        static void install(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Shared {

        @Nested
        class Inner {

            @Provision
            static void install(StemcellContainer stemcell) {}

            @Test
            void test(StemcellContainer stemcell) {}
        }
    }

    @IncusStemcell
    static class MissingFile {

        @Provision(files = "target/no-such-release.tgz")
        static void install(StemcellContainer stemcell) {}

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
