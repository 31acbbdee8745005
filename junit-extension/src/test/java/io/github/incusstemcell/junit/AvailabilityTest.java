package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** What is skipped where there is no Incus. */
class AvailabilityTest {

    private static final String NOWHERE = "/nonexistent/unix.socket";
    private static final String REASON = catchThrowable(
                    () -> Incus.connect(Endpoint.unixSocket(Path.of(NOWHERE))).close())
            .getMessage();

    private static final Map<String, String> NO_INCUS = Map.of("incus.stemcell.endpoint", NOWHERE);

    private static final Map<String, String> REQUIRED =
            Map.of("incus.stemcell.endpoint", NOWHERE, "incus.stemcell.required", "true");

    @Test
    void classesWithTheReason() {
        run(NO_INCUS, OnClass.class)
                .containerEvents()
                .skipped()
                .assertEventsMatchExactly(event(skippedWithReason("Incus is not available: " + REASON)));
    }

    @Test
    void methodsWithTheReasonAndOnlyThose() {
        EngineExecutionResults results = run(NO_INCUS, OnMethod.class);

        results.testEvents().assertStatistics(stats -> stats.skipped(1).succeeded(1));
        results.testEvents()
                .skipped()
                .assertEventsMatchExactly(event(skippedWithReason("Incus is not available: " + REASON)));
    }

    @Test
    void classesThatInheritIt() {
        run(NO_INCUS, Inheriting.class).containerEvents().assertStatistics(stats -> stats.skipped(1));
    }

    @Test
    void nothingIfIncusIsRequired() {
        assertFailed(
                run(REQUIRED, OnMethod.class),
                JUnitException.class,
                "Failed to evaluate condition [" + IncusAvailability.class.getName()
                        + "]: @EnabledIfIncusAvailable would"
                        + " skip AvailabilityTest.OnMethod.skipped, but incus.stemcell.required is true: " + REASON);
    }

    @Test
    void nothingWhereThereIsAnIncus() {
        assertSucceeded(run(OnClass.class, OnMethod.class), 3);
    }

    @Test
    void nothingForAMistypedWish() {
        assertFailed(
                run(Map.of("incus.stemcell.endpoint", NOWHERE, "incus.stemcell.required", "yes"), OnClass.class),
                JUnitException.class,
                "Failed to evaluate condition [" + IncusAvailability.class.getName()
                        + "]: 'yes' is neither true nor false" + " for incus.stemcell.required"
                        + ". It is set by junit-platform.properties, or JUnit's launcher");
    }

    @Test
    void nothingWhereIncusAnswersAndCannotBeUsed() {
        assertSucceeded(run(Map.of("incus.stemcell.storage-pool", "floppy"), Evaluating.class), 1);
    }

    /** JUnit shows why a test is skipped, and logs why it is not. */
    static final class Evaluation implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            ConditionEvaluationResult result = IncusAvailability.evaluate(context, "this test");
            String why = catchThrowable(() -> Suite.of(context).stemcells()).getMessage();

            assertThat(result.isDisabled()).isFalse();
            assertThat(result.getReason()).contains("Incus answers, but cannot be used: " + why);
            assertThat(why).contains("floppy");
        }
    }

    @ExtendWith(Evaluation.class)
    static class Evaluating {

        @Test
        void test() {}
    }

    @EnabledIfIncusAvailable
    static class OnClass {

        @Test
        void test() {}
    }

    static class Inheriting extends OnClass {}

    static class OnMethod {

        @Test
        @EnabledIfIncusAvailable
        void skipped() {}

        @Test
        void run() {}
    }
}
