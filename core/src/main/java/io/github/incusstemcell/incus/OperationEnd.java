package io.github.incusstemcell.incus;

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

    private final Api api;
    private final ApiRequest cause;
    private final String id;
    private final Duration look;
    private final Duration patience;
    private final Duration longest;
    private final CompletableFuture<OperationAnswer> end = new CompletableFuture<>();
    private volatile CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final long begun = System.nanoTime();
    private volatile long asked;

    private OperationEnd(Api api, ApiRequest cause, String id, Duration look, Duration patience, Duration longest) {
        this.api = api;
        this.cause = cause;
        this.id = id;
        this.look = look;
        this.patience = patience;
        this.longest = longest;
    }

    /**
     * Begins to wait.
     *
     * @param look how long the daemon is asked to wait at a time, in whole seconds
     * @param longest after how long it fails, since the operation goes on still
     * @param patience after how long without an answer that is taken for lost
     * @return the operation when it will have ended, well or not; cancelling it ends the waiting
     */
    static CompletableFuture<OperationAnswer> of(
            Api api, ApiRequest cause, String id, Duration look, Duration patience, Duration longest) {
        OperationEnd waiting = new OperationEnd(api, cause, id, look, patience, longest);
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
                .patientFor(patience);
        asked = System.nanoTime();
        answer = api.askLater(wait);
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
        } else if (System.nanoTime() - begun > longest.toNanos()) {
            throw new IncusException(
                    cause.toString(),
                    now.status(),
                    "operation " + id + " still goes on after " + longest.toMinutes()
                            + " minutes. See what the daemon does with: incus operation show " + id);
        } else if (!end.isDone()) {
            ask();
        }
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
