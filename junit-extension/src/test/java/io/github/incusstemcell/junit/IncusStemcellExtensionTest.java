package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs classes with the annotation as a build would, on the real Incus, and looks at what came of it. */
class IncusStemcellExtensionTest {

    private static final String NO_INCUS = noIncus();

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Nested
    class GivesContainers {

        @Test
        void toEachTestItsOwn() {
            assertSucceeded(run(PerTest.class), 2);

            SEEN.assertDifferent(2);
        }

        @Test
        void theSameToAllThatOneTestAsksWith() {
            assertSucceeded(run(AllWaysToAsk.class), 1);

            SEEN.assertSame(4);
        }

        @Test
        void toEachRepetitionItsOwn() {
            assertSucceeded(run(Repeated.class), 2);

            SEEN.assertDifferent(2);
        }

        @Test
        void toAllTestsOfAClassTogether() {
            assertSucceeded(run(PerClass.class), 3);

            SEEN.assertSame(4);
        }

        @Test
        void throughAnAnnotationOfTheUsersOwnAndASuperclass() {
            assertSucceeded(run(Inheriting.class), 1);
        }

        @Test
        void toAMethodWithSettingsOfItsOwn() {
            assertSucceeded(run(MethodOverClass.class), 2);
        }

        @Test
        void onlyToTestsThatAsk() {
            String log = SimpleLog.of(() -> assertSucceeded(run(Unused.class), 1));

            assertThat(log)
                    .contains(
                            "WARN DeclarationCheck - @IncusStemcell on IncusStemcellExtensionTest.Unused starts nothing: none of its tests"
                                    + " asks for a container. Ask with a parameter or a field of the type StemcellContainer\n");
        }

        @Test
        void convertedOnceForAllClasses() {
            assertSucceeded(run(PerTest.class, Repeated.class), 4);

            assertThat(SEEN.all())
                    .extracting(StemcellContainer::image)
                    .hasSize(4)
                    .containsOnly(SEEN.all().get(0).image());
        }
    }

    @Nested
    class EndsThem {

        @Test
        void evenWhenTheTestFails() {
            run(Failing.class).testEvents().assertStatistics(stats -> stats.failed(1));

            assertThat(SEEN.all()).hasSize(1);
        }

        @Test
        void soThatLateUseFailsClearly() {
            run(PerTest.class);

            StemcellContainer ended = SEEN.all().get(0);
            assertThat(catchThrowable(() -> ended.exec("true")))
                    .hasMessage("The container '" + ended.name()
                            + "' is closed: the test or the scope it was started for has"
                            + " ended. Use it only within that, or give it a wider scope");
        }

        @Test
        void unlessAFailedTestIsToBeLookedAt() {
            String log = SimpleLog.of(
                    () -> run(KeptOnFailure.class).testEvents().assertStatistics(stats -> stats.succeeded(1)
                            .failed(1)));

            assertThat(ownInstances()).hasSize(1).allMatch(InstanceInfo::isRunning);
            String kept = ownInstances().get(0).name();
            assertThat(log)
                    .contains("WARN Machine - Kept " + kept
                            + " of IncusStemcellExtensionTest.KeptOnFailure.failing for a"
                            + " day. Look inside with: incus exec --project incus-stemcell " + kept + " -- bash\n");
            Kit.deleteOwnInstances();
        }
    }

    @Nested
    class ReportsFailure {

        @Test
        void toAskWhereThereIsNoTestYet() {
            assertFailed(
                    run(AskingTooEarly.class),
                    ParameterResolutionException.class,
                    "The parameter 'stemcell' of AskingTooEarly.tooEarly asks for a container where there is no test yet,"
                            + " but each test has its own. Ask for it in @BeforeEach, in the test, or by a field that is not"
                            + " static; or share one container among all tests of the class with"
                            + " scope = PER_CLASS");
        }

        @Test
        void toNameTwoImages() {
            assertFailed(
                    run(TwoImages.class),
                    ExtensionConfigurationException.class,
                    "@IncusStemcell on IncusStemcellExtensionTest.TwoImages names two images, 'a:1' and 'b:2'."
                            + " Remove one of value and image");
        }

        @Test
        void toWriteAnOptionWithoutValue() {
            assertFailed(
                    run(BadOption.class),
                    ExtensionConfigurationException.class,
                    "'security.nesting' in config of @IncusStemcell on IncusStemcellExtensionTest.BadOption is no"
                            + " option. Write key=value");
        }

        @Test
        void toShareAContainerAmongTheTestsOfAMethod() {
            assertFailed(
                    run(SharedOnMethod.class),
                    ExtensionConfigurationException.class,
                    "@IncusStemcell on IncusStemcellExtensionTest.SharedOnMethod.test has scope = PER_CLASS, but a method"
                            + " has no tests to share a container among. Put it on the class, or leave the scope out");
        }

        @Test
        void toInjectIntoAFinalField() {
            assertFailed(
                    run(FinalField.class),
                    ExtensionConfigurationException.class,
                    "The field FinalField.stemcell is final, so no container can be put into it. Remove 'final'");
        }

        @Test
        void toFindIncusAndNamesWhatWasTried() {
            EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                    .configurationParameter("incus.stemcell.endpoint", "/nonexistent/unix.socket")
                    .selectors(selectClass(PerTest.class))
                    .execute();

            results.testEvents().assertStatistics(stats -> stats.failed(2));
            assertThat(results.testEvents().failed().stream()
                            .map(failed -> failed.getRequiredPayload(TestExecutionResult.class)
                                    .getThrowable()
                                    .orElseThrow()
                                    .getMessage()))
                    .allMatch(message -> message.contains("/nonexistent/unix.socket"));
        }

        @Test
        void exceptWhereSkippingWasAskedFor() {
            EngineTestKit.engine("junit-jupiter")
                    .configurationParameter("incus.stemcell.endpoint", "/nonexistent/unix.socket")
                    .selectors(selectClass(Optional.class))
                    .execute()
                    .containerEvents()
                    .assertStatistics(stats -> stats.skipped(1));
        }

        @Test
        void evenThereIfIncusIsRequired() {
            EngineTestKit.engine("junit-jupiter")
                    .configurationParameter("incus.stemcell.endpoint", "/nonexistent/unix.socket")
                    .configurationParameter("incus.stemcell.required", "true")
                    .selectors(selectClass(Optional.class))
                    .execute()
                    .containerEvents()
                    .failed()
                    .assertEventsMatchExactly(event(finishedWithFailure(
                            message("Failed to evaluate condition [" + AnnotatedStemcells.class.getName() + "]:"
                                    + " disabledWithoutIncus of @IncusStemcell would skip"
                                    + " IncusStemcellExtensionTest.Optional, but incus.stemcell.required is true: "
                                    + NO_INCUS))));
        }
    }

    private static String noIncus() {
        Endpoint nowhere = Endpoint.unixSocket(Path.of("/nonexistent/unix.socket"));
        return catchThrowable(() -> Incus.connect(nowhere)).getMessage();
    }

    @IncusStemcell
    static class PerTest {

        @Test
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }

        @Test
        void other(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }
    }

    @IncusStemcell
    static class AllWaysToAsk {

        private StemcellContainer field;

        @BeforeEach
        void before(StemcellContainer stemcell) {
            SEEN.add(field);
            SEEN.add(stemcell);
        }

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @AfterEach
        void after(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell
    static class Repeated {

        @RepeatedTest(2)
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class PerClass {

        private static StemcellContainer field;

        @BeforeAll
        static void before(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void other() {
            SEEN.add(field);
        }

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(stemcell);
            }
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @IncusStemcell(config = "user.fixture=meta")
    @interface OurStemcell {}

    @OurStemcell
    abstract static class Base {}

    static class Inheriting extends Base {

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "meta");
        }
    }

    @IncusStemcell(config = "user.fixture=class")
    static class MethodOverClass {

        @Test
        void ofTheClass(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "class");
        }

        @Test
        @IncusStemcell(config = "user.fixture=method")
        void ofItsOwn(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "method");
        }
    }

    @IncusStemcell
    static class Unused {

        @Test
        void test() {
            assertThat(ownInstances()).isEmpty();
        }
    }

    @IncusStemcell
    static class Failing {

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            throw new AssertionError("on purpose");
        }
    }

    @IncusStemcell(cleanup = Cleanup.ON_SUCCESS)
    static class KeptOnFailure {

        @Test
        void succeeding(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void failing(StemcellContainer stemcell) {
            throw new AssertionError("on purpose");
        }
    }

    @IncusStemcell
    static class AskingTooEarly {

        @BeforeAll
        static void tooEarly(StemcellContainer stemcell) {}

        @Test
        void test() {}
    }

    @IncusStemcell(value = "a:1", image = "b:2")
    static class TwoImages {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(config = "security.nesting")
    static class BadOption {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    static class SharedOnMethod {

        @Test
        @IncusStemcell(scope = Scope.PER_CLASS)
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class FinalField {

        private final StemcellContainer stemcell = null;

        @Test
        void test() {
            assertThat(stemcell).isNull();
        }
    }

    @IncusStemcell(disabledWithoutIncus = true)
    static class Optional {

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
