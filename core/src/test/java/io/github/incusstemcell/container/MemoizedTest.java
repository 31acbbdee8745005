package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoizedTest {

    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Map<FutureTask<String>, Thread> threads = new HashMap<>();

    @Test
    void keepsAFailure() {
        Memoized<String> memoized = new Memoized<>(() -> {
            throw new IncusStemcellException("attempt " + attempts.incrementAndGet());
        });

        assertThat(catchThrowable(memoized::get)).hasMessage("attempt 1");
        assertThat(catchThrowable(memoized::get)).hasMessage("attempt 1");
    }

    @Test
    void forgetsTheAttemptOfAThreadThatWasInterrupted() throws Exception {
        Memoized<String> memoized = new Memoized<>(this::waitAtTheFirstAttempt);
        FutureTask<String> first = inAThread(memoized);
        begun.await();

        interrupt(first);

        assertThat(catchThrowable(first::get)).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(memoized.get()).isEqualTo("attempt 2");
        assertThat(memoized.get()).isEqualTo("attempt 2");
    }

    @Test
    void letsThoseWhoWaitTryForThemselvesWhereTheFirstWasInterrupted() throws Exception {
        Memoized<String> memoized = new Memoized<>(this::waitAtTheFirstAttempt);
        FutureTask<String> first = inAThread(memoized);
        begun.await();
        FutureTask<String> second = inAThread(memoized);
        FutureTask<String> third = inAThread(memoized);
        while (threads.get(second).getState() != Thread.State.WAITING
                || threads.get(third).getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        interrupt(first);

        assertThat(second.get()).isEqualTo("attempt 2");
        assertThat(third.get()).isEqualTo("attempt 2");
        assertThat(catchThrowable(first::get)).hasRootCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void leavesAloneWhatIsMadeWhereOneWhoWaitsIsInterrupted() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Memoized<String> memoized = new Memoized<>(() -> {
            begun.countDown();
            await(goOn);
            return "made";
        });
        FutureTask<String> first = inAThread(memoized);
        begun.await();
        FutureTask<String> second = inAThread(memoized);

        interrupt(second);

        assertThat(catchThrowable(second::get))
                .hasRootCauseInstanceOf(InterruptedException.class)
                .cause()
                .hasMessage("Interrupted while another thread did what this one needs as well");
        goOn.countDown();
        assertThat(first.get()).isEqualTo("made");
    }

    private FutureTask<String> inAThread(Memoized<String> memoized) {
        FutureTask<String> task = new FutureTask<>(memoized::get);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        threads.put(task, thread);
        thread.start();
        return task;
    }

    private void interrupt(FutureTask<String> task) {
        threads.get(task).interrupt();
    }

    private String waitAtTheFirstAttempt() {
        int attempt = attempts.incrementAndGet();
        if (attempt == 1) {
            begun.countDown();
            await(new CountDownLatch(1));
        }
        return "attempt " + attempt;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IncusStemcellException("Interrupted at work", e);
        }
    }
}
