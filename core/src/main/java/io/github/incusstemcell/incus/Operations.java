package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What the daemon is busy with, {@code /1.0/operations}. It forgets an operation five seconds after its end. */
public final class Operations {

    private final Api api;

    Operations(Api api) {
        this.api = api;
    }

    /** {@return the operations of this project that the daemon still knows, {@code GET /1.0/operations?recursion=1}} */
    public List<Operation> list() {
        JsonNode byStatus = api.ask(ApiRequest.get("operations").query("recursion", 1));
        List<Operation> operations = new ArrayList<>();
        byStatus.forEach(group -> group.forEach(node -> operations.add(Operation.of(node))));
        return List.copyOf(operations);
    }

    /**
     * Looks one operation up, {@code GET /1.0/operations/ID}.
     *
     * @param id its identifier; not null
     * @return the operation; empty where the daemon never knew or has forgotten it
     */
    public Optional<Operation> find(String id) {
        return look(id).map(answer -> Operation.of(answer.whole()));
    }

    /**
     * Waits until an operation has ended, in whatever way, {@code GET /1.0/operations/ID/wait}.
     *
     * @param id its identifier; not null
     * @param timeout how long to wait, in whole seconds; not null
     * @return the operation as it is then: ended, or still running when the time was over; empty where the daemon never
     *     knew or has forgotten it
     */
    public Optional<Operation> await(String id, Duration timeout) {
        ApiRequest wait = ApiRequest.get("operations", id, "wait")
                .query("timeout", timeout.toSeconds())
                .patient();
        try {
            return Optional.of(Operation.of(api.ask(wait)));
        } catch (IncusException e) {
            // 6.0.4 answers both a failure and the end of its patience by an error; the operation itself tells.
            return find(id);
        }
    }

    /**
     * Asks the daemon to give an operation up, {@code DELETE /1.0/operations/ID}.
     *
     * @param id its identifier; not null
     * @throws IncusException if it is unknown, has ended, or is of a kind that cannot be cancelled
     */
    public void cancel(String id) {
        api.ask(ApiRequest.delete("operations", id));
    }

    /** Waits for the end of what a request began, and for a good one. */
    OperationAnswer await(ApiRequest cause, String id) {
        return api.connection().await(cause, endLater(cause, id)).requireSuccess(cause);
    }

    /** {@return the operation when it will have ended, well or not} */
    CompletableFuture<OperationAnswer> endLater(ApiRequest cause, String id) {
        CompletableFuture<Connection.Answer> answer =
                api.askLater(ApiRequest.get("operations", id, "wait").patient());
        CompletableFuture<OperationAnswer> end = answer.handle((ended, failure) -> {
            if (failure == null) {
                return OperationAnswer.of(ended.metadata());
            }
            if (failure instanceof IncusException error) {
                return failed(cause, id, error);
            }
            throw new CompletionException(failure);
        });
        end.whenComplete((ended, failure) -> {
            if (end.isCancelled()) {
                answer.cancel(true);
            }
        });
        return end;
    }

    /** 6.0.4 answers the wait for an operation that failed by an error that lacks all but the message. */
    private OperationAnswer failed(ApiRequest cause, String id, IncusException error) {
        Optional<OperationAnswer> known = look(id).filter(OperationAnswer::hasEnded);
        if (known.isPresent()) {
            return known.get();
        }
        if (error.isNotFound()) {
            throw new IncusException(
                    cause.toString(), error.code(), "its outcome is unknown, the daemon has forgotten operation " + id);
        }
        return new OperationAnswer(id, OperationAnswer.FAILURE, error.answer(), Json.object(), Json.object());
    }

    private Optional<OperationAnswer> look(String id) {
        try {
            return Optional.of(OperationAnswer.of(api.ask(ApiRequest.get("operations", id))));
        } catch (IncusException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
