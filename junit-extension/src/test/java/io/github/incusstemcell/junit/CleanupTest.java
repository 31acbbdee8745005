package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.junit.report.MachineDiagnostics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.extension.TestInstancePreDestroyCallback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Wherever something fails, the container that it failed with is kept, and looked at. */
class CleanupTest {

    @AfterEach
    void removeKept() {
        Kit.deleteOwnInstances();
    }

    /** Each has containers of its own, but for those in which the whole run shares one. */
    @Test
    void keepsContainersWhereverSomethingFails() {
        EngineExecutionResults results =
                run(InConstructor.class, NestedBeforeAll.class, NestedAfterAll.class, InRepetition.class);

        assertLookedAt(results, 4);
        assertThat(ownInstances()).hasSize(4).allMatch(InstanceInfo::isRunning);
    }

    @ParameterizedTest
    @ValueSource(classes = {SuiteBeforeAll.class, SuiteOnAMethod.class})
    void keepsWhatTheWholeRunShares(Class<?> failing) {
        assertLookedAt(run(failing, SuiteSuccess.class), 1);
        assertThat(ownInstances()).hasSize(1).allMatch(InstanceInfo::isRunning);
    }

    @Test
    void looksAtWhatTheWholeRunSharesWhereverSomethingFails() {
        assertLookedAt(
                run(
                        SuiteBeforeAll.class,
                        SuiteAfterAll.class,
                        InSharedConstructor.class,
                        InTestFactory.class,
                        InDynamicTest.class),
                5);
    }

    /** One that was registered before ours comes before it at the beginning, and after it at the end. */
    @Test
    void keepsTheContainerWhereAnotherExtensionFails() {
        FailingExtension.REMAINING.addAll(List.of(Callback.values()));

        assertLookedAt(run(BesideAnotherExtension.class), Callback.values().length);
        assertThat(ownInstances()).hasSize(1).allMatch(InstanceInfo::isRunning);
    }

    @ParameterizedTest
    @ValueSource(classes = {NeverBooting.class, FailingProvision.class})
    void keepsTheContainerThatFailedBeforeTheTest(Class<?> failing) {
        List<Throwable> failures = failures(run(failing));

        assertThat(ownInstances()).hasSize(1).allMatch(InstanceInfo::isRunning);
        String kept = ownInstances().get(0).name();
        assertThat(failures).hasSize(1).allSatisfy(failure -> assertThat(failure.getSuppressed())
                .hasSize(1)
                .allSatisfy(summary -> assertThat(summary)
                        .hasMessageContaining(
                                "\n  kept for a day, look inside with: incus exec --project incus-stemcell " + kept
                                        + " -- bash\n")));
    }

    @Test
    void keepsNoneWhereNothingFailedThatUsedIt() {
        run(SuiteAborted.class, SuiteSuccess.class, FailureWithout.class)
                .allEvents()
                .assertStatistics(stats -> stats.failed(1).aborted(2));

        assertThat(ownInstances()).isEmpty();
    }

    private static void assertLookedAt(EngineExecutionResults results, int failures) {
        assertThat(failures(results)).hasSize(failures).allSatisfy(failure -> assertThat(failure)
                .hasStackTraceContaining("on purpose")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .filteredOn(MachineDiagnostics.class::isInstance)
                        .hasSize(1)));
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents().failed().stream()
                .map(failed -> failed.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .toList();
    }

    private static AssertionError onPurpose() {
        return new AssertionError("on purpose");
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class SuiteBeforeAll {

        @BeforeAll
        static void fail(StemcellContainer stemcell) {
            throw onPurpose();
        }

        @Test
        void test() {}
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class SuiteAfterAll {

        @Test
        void test(StemcellContainer stemcell) {}

        @AfterAll
        static void fail() {
            throw onPurpose();
        }
    }

    static class SuiteOnAMethod {

        @Test
        @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
        void test(StemcellContainer stemcell) {}

        @AfterAll
        static void fail() {
            throw onPurpose();
        }
    }

    @IncusStemcell(startupTimeout = 2, config = "raw.lxc=lxc.init.cmd = /bin/sleep 1000", cleanup = Cleanup.ON_SUCCESS)
    static class NeverBooting {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(cleanup = Cleanup.ON_SUCCESS)
    static class FailingProvision {

        @Provision
        static void fail(StemcellContainer stemcell) {
            throw onPurpose();
        }

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(scope = Scope.PER_CLASS, cleanup = Cleanup.ON_SUCCESS)
    static class Shared {

        static StemcellContainer stemcell;
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class SharedByAll {

        static StemcellContainer stemcell;
    }

    static class NestedBeforeAll extends Shared {

        @Nested
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        class Inner {

            @BeforeAll
            void fail() {
                throw onPurpose();
            }

            @Test
            void test() {}
        }
    }

    static class NestedAfterAll extends Shared {

        @Nested
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        class Inner {

            @Test
            void test() {}

            @AfterAll
            void fail() {
                throw onPurpose();
            }
        }
    }

    static class InConstructor extends Shared {

        InConstructor() {
            throw onPurpose();
        }

        @Test
        void test() {}
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class InSharedConstructor {

        InSharedConstructor(StemcellContainer stemcell) {
            throw onPurpose();
        }

        @Test
        void test() {}
    }

    static class InTestFactory extends SharedByAll {

        @TestFactory
        Stream<DynamicTest> tests() {
            return Stream.generate(() -> {
                throw onPurpose();
            });
        }
    }

    static class InDynamicTest extends SharedByAll {

        @TestFactory
        Stream<DynamicTest> tests() {
            return Stream.of(DynamicTest.dynamicTest("failing", () -> {
                throw onPurpose();
            }));
        }
    }

    static class InRepetition extends Shared {

        private static int runs;

        @RepeatedTest(2)
        void test() {
            if (runs++ == 0) {
                throw onPurpose();
            }
        }
    }

    @ExtendWith(FailingExtension.class)
    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class BesideAnotherExtension {

        static StemcellContainer stemcell;

        /** Once for each callback that fails. */
        @RepeatedTest(4)
        void test() {}
    }

    enum Callback {
        POST_PROCESS,
        BEFORE_EACH,
        AFTER_EACH,
        PRE_DESTROY,
        AFTER_ALL
    }

    /** Strict stubs of mocks fail in such a place, for example. */
    static final class FailingExtension
            implements TestInstancePostProcessor,
                    BeforeEachCallback,
                    AfterEachCallback,
                    TestInstancePreDestroyCallback,
                    AfterAllCallback {

        private static final Deque<Callback> REMAINING = new ArrayDeque<>();

        /** After a callback that fails at the beginning of a test, those at its end are called still. */
        private static boolean failed;

        private static void call(Callback callback) {
            if (callback == REMAINING.peek() && !failed) {
                REMAINING.remove();
                failed = true;
                throw onPurpose();
            }
        }

        @Override
        public void postProcessTestInstance(Object instance, ExtensionContext context) {
            failed = false;
            call(Callback.POST_PROCESS);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            call(Callback.BEFORE_EACH);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            call(Callback.AFTER_EACH);
        }

        @Override
        public void preDestroyTestInstance(ExtensionContext context) {
            call(Callback.PRE_DESTROY);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            failed = false;
            call(Callback.AFTER_ALL);
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class SuiteSuccess {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(scope = Scope.PER_SUITE, cleanup = Cleanup.ON_SUCCESS)
    static class SuiteAborted {

        @Test
        void test(StemcellContainer stemcell) {
            Assumptions.abort("on purpose");
        }

        @AfterAll
        static void abort() {
            Assumptions.abort("on purpose");
        }
    }

    static class FailureWithout {

        @Test
        void test() {
            throw onPurpose();
        }
    }
}
