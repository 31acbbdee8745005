package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Containers that several tests share. */
class ScopesTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void oneForTheRunAndForEachOfItsSettings() {
        assertSucceeded(run(Suite1.class, Suite2.class, SuiteOfOtherSettings.class), 4);

        SEEN.assertSeen(4, 2);
    }

    @Test
    void resetToWhatBeforeAllMadeOfThem() {
        assertSucceeded(run(Reset.class), 3);

        assertThat(SEEN.all().stream().distinct()).hasSize(1);
    }

    @Test
    void resetWhateverATestLeavesThemIn() {
        assertSucceeded(run(ResetAnyState.class), Left.values().length);
    }

    /** As where the first test's turn ended in the middle of its beginning. */
    @Test
    void resetToASnapshotThatReplacesWhatAFailedAttemptLeft() {
        assertSucceeded(run(ResetAfterHalf.class), 2);
    }

    @Test
    void resetForTestsInParallelThatTakeTurns() {
        Map<String, String> parallel = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "3");

        assertSucceeded(run(parallel, ResetSuite.class, ResetSuiteFactory.class), 4);

        assertThat(SEEN.all().stream().distinct()).hasSize(1);
    }

    @Test
    void notResetWhereEachTestHasItsOwn() {
        assertFailed(
                run(ResetPerTest.class),
                ExtensionConfigurationException.class,
                "@IncusStemcell on ScopesTest.ResetPerTest has resetBetweenTests = true, but with scope = PER_TEST each"
                        + " test has a container of its own anyway. Remove one of them");
    }

    @IncusStemcell(scope = Scope.PER_SUITE)
    static class Suite1 {

        @RepeatedTest(2)
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE)
    static class Suite2 {

        static StemcellContainer stemcell;

        @Test
        void test() {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE, config = "user.fixture=other")
    static class SuiteOfOtherSettings {

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS, resetBetweenTests = true)
    static class Reset {

        static StemcellContainer stemcell;

        @BeforeAll
        static void prepare() {
            stemcell.files().writeString("/root/prepared", "yes");
        }

        @RepeatedTest(2)
        void test() {
            leaveDirt(stemcell, "/root/prepared");
        }

        @Test
        void byParameter(StemcellContainer same) {
            leaveDirt(same, "/root/prepared");
        }
    }

    /** How a test may leave its machine. */
    enum Left {
        STOPPED(StemcellContainer::stop),
        PAUSED(StemcellContainer::pause),
        GOING_DOWN(stemcell -> stemcell.exec("systemctl", "--no-block", "poweroff")),
        REBOOTING(stemcell -> stemcell.exec("systemctl", "--no-block", "reboot")),
        WITH_A_SNAPSHOT(stemcell -> stemcell.snapshot("own")),
        /** Each of those before it is followed by a test. */
        RUNNING(stemcell -> stemcell.snapshot("own"));

        private final Consumer<StemcellContainer> deed;

        Left(Consumer<StemcellContainer> deed) {
            this.deed = deed;
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS, resetBetweenTests = true)
    static class ResetAnyState {

        @ParameterizedTest
        @EnumSource(Left.class)
        void test(Left left, StemcellContainer stemcell) {
            assertThat(stemcell.state().status()).isEqualTo("Running");
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
            leaveDirt(stemcell, "/etc/hostname");
            left.deed.accept(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS, resetBetweenTests = true)
    static class ResetAfterHalf {

        @Node("db")
        static StemcellContainer db;

        @Node("web")
        static StemcellContainer web;

        @BeforeAll
        static void leaveHalf() {
            web.snapshot("incus-stemcell-clean");
            web.files().writeString("/root/prepared", "yes");
        }

        @RepeatedTest(2)
        void test() {
            leaveDirt(db, "/etc/hostname");
            leaveDirt(web, "/root/prepared");
        }
    }

    static void leaveDirt(StemcellContainer stemcell, String prepared) {
        SEEN.add(stemcell);
        assertThat(stemcell.files().exists(prepared)).isTrue();
        assertThat(stemcell.files().exists("/root/dirt")).isFalse();
        stemcell.files().writeString("/root/dirt", "yes");
    }

    @IncusStemcell(scope = Scope.PER_SUITE, resetBetweenTests = true)
    static class ResetSuite {

        @RepeatedTest(2)
        void test(StemcellContainer stemcell) {
            leaveDirt(stemcell, "/etc/hostname");
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE, resetBetweenTests = true)
    static class ResetSuiteFactory {

        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicTest> tests(StemcellContainer stemcell) {
            return Stream.of(
                    DynamicTest.dynamicTest("one", () -> leaveDirt(stemcell, "/etc/hostname")),
                    DynamicTest.dynamicTest(
                            "other", () -> assertThat(stemcell.files().exists("/root/dirt"))
                                    .isTrue()));
        }
    }

    @IncusStemcell(scope = Scope.PER_TEST, resetBetweenTests = true)
    static class ResetPerTest {

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
