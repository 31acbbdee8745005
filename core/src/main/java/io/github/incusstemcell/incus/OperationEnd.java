package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Json;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of an operation, {@code GET /1.0/operations/ID/wait}. The daemon is asked anew after a while, so that an answer that is lost on
 * the way holds nobody up for ever.
 */
final class OperationEnd {

    /** The daemon is asked to wait twice as long each time, and in the end so long. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private static final Duration LONGEST_LOOK = Duration.ofSeconds(60);
    private static final Duration LAST_LOOK = Duration.ofSeconds(1);

    /** Tells of an operation that goes on why it will not end. */
    @FunctionalInterface
    interface Verdict {

        /** {@return what to fail with unless it ends within a second; empty: there is hope} */
        Optional<? extends IncusStemcellException> of(OperationAnswer running);
    }

    private final Api api;
    private final ApiRequest cause;
    private final String id;
    private final Duration patience;
    private final Verdict verdict;
    private final CompletableFuture<OperationAnswer> end = new CompletableFuture<>();
    private volatile CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile Duration look = FIRST_LOOK;
    private volatile @Nullable IncusStemcellException never;
    private volatile long asked;

    private OperationEnd(Api api, ApiRequest cause, String id, Duration patience, Verdict verdict) {
        this.api = api;
        this.cause = cause;
        this.id = id;
        this.patience = patience;
        this.verdict = verdict;
    }

    /**
     * Begins to wait.
     *
     * @param patience how much later an answer is taken for lost
     * @param verdict asked each time the operation goes on still
     * @return the operation when it will have ended, well or not; cancelling it ends the waiting
     */
    static CompletableFuture<OperationAnswer> of(
            Api api, ApiRequest cause, String id, Duration patience, Verdict verdict) {
        OperationEnd waiting = new OperationEnd(api, cause, id, patience, verdict);
        waiting.ask();
        waiting.end.whenComplete((ended, failure) -> {
            if (waiting.end.isCancelled()) {
                waiting.answer.cancel(true);
            }
        });
        return waiting.end;
    }

    private void ask() {
        ApiRequest wait = ApiRequest.get("operations", id, "wait")
                .query("timeout", look.toSeconds())
                .patientFor(look.plus(patience));
        asked = System.nanoTime();
        answer = api.askLater(wait);
        if (end.isCancelled()) {
            answer.cancel(true);
        }
        answer.whenComplete((told, failure) -> {
            try {
                heard(told, failure);
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
    }

    private void heard(Answer told, @Nullable Throwable failure) {
        OperationAnswer now = failure == null ? OperationAnswer.of(told.metadata()) : lookAfter(failure);
        if (now.hasEnded()) {
            end.complete(now);
        } else if (never != null) {
            end.completeExceptionally(never);
        } else if (!end.isDone()) {
            never = verdict.of(now).orElse(null);
            look = never == null ? longer(look) : LAST_LOOK;
            ask();
        }
    }

    private static Duration longer(Duration look) {
        Duration twice = look.multipliedBy(2);
        return twice.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : twice;
    }

    /** 6.0.4 answers by an error where an operation failed, which lacks all but the message, and where it goes on. */
    private OperationAnswer lookAfter(Throwable failure) {
        if (failure instanceof IncusException error) {
            Optional<OperationAnswer> now = Operations.look(api, id);
            return now.filter(known -> known.hasEnded() || isLookOver()).orElseGet(() -> failed(error));
        }
        if (failure instanceof IncusConnectionException lost && lost.getCause() instanceof SocketTimeoutException) {
            return Operations.look(api, id).orElseThrow(() -> forgotten(404));
        }
        throw Failures.rethrow(failure);
    }

    private boolean isLookOver() {
        return System.nanoTime() - asked >= look.toNanos();
    }

    private OperationAnswer failed(IncusException error) {
        if (error.isNotFound()) {
            throw forgotten(error.code());
        }
        return new OperationAnswer(id, OperationAnswer.FAILURE, error.answer(), Json.object(), Json.object());
    }

    private IncusException forgotten(int code) {
        return new IncusException(
                cause.toString(),
                code,
                "its outcome is unknown, the daemon has forgotten operation " + id
                        + ", as one that was restarted does");
    }
}
