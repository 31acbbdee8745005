package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.IncusStemcellException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterruptibleLockTest {

    private final InterruptibleLock lock = new InterruptibleLock();

    @Test
    void letsOneThreadAtATimeIn() throws Exception {
        CompletableFuture<String> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(lock.with("a turn", () -> "second")));

        String first = lock.with("a turn", () -> {
            waiting.start();
            awaitWaiting(waiting);
            return second.isDone() ? "not alone" : "alone";
        });

        assertThat(first).isEqualTo("alone");
        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("second");
    }

    @Test
    void hearsAnInterruptWhileItWaits() {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                failure.complete(new AssertionError(lock.with("a turn", () -> "not interrupted")));
            } catch (IncusStemcellException e) {
                failure.complete(e);
            }
        });

        Throwable heard = lock.with("a turn", () -> {
            waiting.start();
            awaitWaiting(waiting);
            waiting.interrupt();
            return within30s(failure);
        });

        assertThat(heard).isInstanceOf(IncusStemcellException.class).hasMessage("Interrupted while waiting for a turn");
    }

    private static Throwable within30s(CompletableFuture<Throwable> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
