package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.TimeoutEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/** When it looks, of which what a user sets as Awaitility's defaults changes nothing: those are for the user's own waits. */
@ResourceLock("Awaitility's defaults")
@Timeout(30)
class ObservationTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @AfterEach
    void forgetDefaults() {
        Awaitility.reset();
    }

    private static Observation<Integer> waiting(Supplier<Integer> reading) {
        return new Observation<Integer>(Timing.within(Duration.ofSeconds(20)), read -> read == 3, String::valueOf)
                .polling(reading);
    }

    private static void assertThatAWaitWaits() {
        AtomicInteger readings = new AtomicInteger();

        assertThat(waiting(readings::incrementAndGet).holds()).isTrue();
        assertThat(readings).hasValue(3);
    }

    @Test
    void aConditionOnWhichTheUsersWaitsFail() {
        Awaitility.setDefaultFailFastCondition(() -> true);
        assertThatAWaitWaits();
        Awaitility.setDefaultFailFastCondition("the user's own", () -> {
            throw new AssertionError("the user's own");
        });
        assertThatAWaitWaits();
    }

    @Test
    void whatHoldsJustBeforeTheEndOfTheTimeIsSeen() {
        long start = System.nanoTime();
        Observation<Boolean> observation = new Observation<Boolean>(
                        Timing.within(SECOND), late -> late, String::valueOf)
                .polling(() -> isLate(start));

        assertThat(observation.holds()).isTrue();
    }

    @Test
    void whatNoLongerHoldsJustBeforeTheEndOfTheTimeIsSeen() {
        long start = System.nanoTime();
        Observation<Boolean> observation = new Observation<Boolean>(
                        Timing.always(SECOND), late -> !late, String::valueOf)
                .polling(() -> isLate(start));

        assertThat(observation.holds()).isFalse();
    }

    /** By then pauses are so long that none ends within the second. */
    private static boolean isLate(long start) {
        return System.nanoTime() - start > SECOND.multipliedBy(9).dividedBy(10).toNanos();
    }

    @Test
    void oneLookThatTakesAllOfTheTimeSaysNothingOfWhatLasts() {
        AtomicInteger readings = new AtomicInteger();
        Observation<Integer> observation = new Observation<Integer>(
                        Timing.always(Duration.ofNanos(1)), read -> read == 1, String::valueOf)
                .polling(readings::incrementAndGet);

        assertThat(observation.holds()).isFalse();
        assertThat(readings).hasValue(2);
    }

    @Test
    void showsTheLastOfManyStates() {
        Observation<Integer> observation =
                new Observation<>(Timing.within(Duration.ofSeconds(20)), read -> false, String::valueOf);

        IntStream.rangeClosed(1, 30).forEach(observation::see);

        assertThat(observation.states())
                .startsWith("\n  states seen: (10 before these) -> 11 at ")
                .contains(" -> 30 at ");
    }

    @Test
    void pausesOfTheUsersWaits() {
        Awaitility.setDefaultPollInterval(Duration.ofHours(1));
        Awaitility.setDefaultPollDelay(Duration.ofHours(1));
        Awaitility.setDefaultTimeout(Duration.ofHours(2));
        assertThatAWaitWaits();
        Awaitility.setDefaultTimeout(Duration.ofMillis(1));
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        assertThatAWaitWaits();
    }

    @Test
    void exceptionsThatTheUsersWaitsIgnore() {
        Awaitility.ignoreExceptionsByDefault();
        AtomicInteger readings = new AtomicInteger();

        assertThatThrownBy(() -> waiting(() -> {
                    if (readings.incrementAndGet() == 2) {
                        throw new IncusStemcellException("cannot be read");
                    }
                    return 0;
                }))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("cannot be read");
        assertThat(readings).hasValue(2);
    }

    @Test
    void whoListensToTheUsersWaits() {
        AtomicInteger heard = new AtomicInteger();
        Awaitility.setDefaultConditionEvaluationListener(new ConditionEvaluationListener<>() {
            @Override
            public void conditionEvaluated(EvaluatedCondition<Object> condition) {
                heard.incrementAndGet();
            }

            @Override
            public void onTimeout(TimeoutEvent timeout) {
                heard.incrementAndGet();
            }
        });

        assertThatAWaitWaits();
        assertThat(heard).hasValue(0);
    }

    @Test
    void threadsInWhichTheUsersWaitsPoll() {
        Awaitility.pollThread(poll -> {
            throw new AssertionError("the user's own");
        });

        assertThatAWaitWaits();
    }
}
