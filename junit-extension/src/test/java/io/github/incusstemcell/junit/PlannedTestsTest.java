package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which tests of a plan are still to come. */
class PlannedTestsTest {

    private static final String CLASS = "[engine:junit-jupiter]/[class:A]";
    private static final String ONE = CLASS + "/[method:one()]";
    private static final String OTHER = CLASS + "/[method:other()]";
    private static final String REPEATED = CLASS + "/[test-template:repeated()]";

    private final PlannedTests planned = new PlannedTests();
    private final PlannedTest one = test("one");
    private final PlannedTest other = test("other");
    private final PlannedTest repeated = test("repeated");

    @AfterEach
    void end() {
        PlannedTests.end(planned);
    }

    @Test
    void areThoseThatHaveNeitherEndedNorAsked() {
        planned.add(ONE, one, 1);
        planned.add(OTHER, other, 1);

        planned.served(ONE);
        assertThat(planned.next(9)).containsExactly(other);
        planned.ended(ONE);
        assertThat(planned.next(9)).containsExactly(other);
        planned.ended(OTHER);
        assertThat(planned.next(9)).isEmpty();
    }

    @Test
    void areNoneOfAClassThatHasEnded() {
        planned.add(ONE, one, 1);
        planned.add(CLASS + "x/[method:other()]", other, 1);

        planned.ended(CLASS);

        assertThat(planned.next(9)).containsExactly(other);
    }

    @Test
    void countEachRepetitionOnce() {
        planned.add(REPEATED, repeated, 3);
        String first = REPEATED + "/[test-template-invocation:#1]";

        planned.served(first);
        planned.ended(first);
        assertThat(planned.next(9)).containsExactly(repeated, repeated);
        planned.ended(REPEATED + "/[test-template-invocation:#2]");
        assertThat(planned.next(9)).containsExactly(repeated);
        planned.ended(REPEATED);
        assertThat(planned.next(9)).isEmpty();
    }

    @Test
    void areNoneOfATemplateThatDoesNotSayHowOftenItRuns() {
        planned.add(REPEATED, repeated, 0);
        planned.served(REPEATED + "/[test-template-invocation:#1]");

        assertThat(planned.next(9)).isEmpty();
    }

    @Test
    void areNoMoreThanAskedFor() {
        planned.add(REPEATED, repeated, 3);
        planned.add(ONE, one, 1);

        assertThat(planned.next(2)).isEqualTo(List.of(repeated, repeated));
    }

    @Test
    void areFoundByATestOfTheirPlan() {
        planned.add(ONE, one, 1);
        planned.add(REPEATED, repeated, 0);
        assertThat(PlannedTests.with(ONE)).isEmpty();

        PlannedTests.begin(planned);

        assertThat(PlannedTests.with(ONE)).containsSame(planned);
        assertThat(PlannedTests.with(REPEATED + "/[test-template-invocation:#7]"))
                .containsSame(planned);
        assertThat(PlannedTests.with("[engine:junit-jupiter]/[class:B]/[method:one()]"))
                .isEmpty();
    }

    @Test
    void tellOfEachEnd() {
        AtomicInteger told = new AtomicInteger();
        planned.add(ONE, one, 1);
        planned.onEnd(told::incrementAndGet);

        planned.ended(ONE);

        assertThat(told).hasValue(1);
    }

    private static PlannedTest test(String name) {
        try {
            return new PlannedTest(Fixture.class.getDeclaredMethod(name), List.of(Fixture.class));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @SuppressWarnings("unused")
    private static final class Fixture {

        void one() {}

        void other() {}

        void repeated() {}
    }
}
