package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the daemon is busy with, {@code /1.0/operations}. It forgets an operation five seconds after its end. */
public final class Operations {

    /** Longer than any work takes: a copy of an image from member to member, or a storage that unpacks it for an instance. */
    private static final Duration LONGEST_WORK = Duration.ofHours(1);

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
     * @param id its identifier
     * @return the operation; empty where the daemon never knew or has forgotten it
     */
    public Optional<Operation> find(String id) {
        return look(api, id).map(answer -> Operation.of(answer.whole()));
    }

    /**
     * Waits until an operation has ended, in whatever way, {@code GET /1.0/operations/ID/wait}.
     *
     * @param id its identifier
     * @param timeout how long to wait, in whole seconds
     * @return the operation as it is then: ended, or still running when the time was over; empty where the daemon never
     *     knew or has forgotten it
     */
    public Optional<Operation> await(String id, Duration timeout) {
        ApiRequest wait = ApiRequest.get("operations", id, "wait")
                .query("timeout", timeout.toSeconds())
                .patientFor(timeout.plus(ApiRequest.PATIENCE));
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
     * @param id its identifier
     * @throws IncusException if it is unknown, has ended, or is of a kind that cannot be cancelled
     */
    public void cancel(String id) {
        api.ask(ApiRequest.delete("operations", id));
    }

    /** Waits for the end of what a request began, and for a good one. */
    OperationAnswer await(ApiRequest cause, String id) {
        return api.connection().await(cause, workLater(cause, id)).requireSuccess(cause);
    }

    /** {@return the operation when it will have ended, well or not, which fails after an hour; cancelling it ends the waiting} */
    CompletableFuture<OperationAnswer> workLater(ApiRequest cause, String id) {
        return workLater(cause, id, LONGEST_WORK);
    }

    /** The same, and fails after so long. */
    CompletableFuture<OperationAnswer> workLater(ApiRequest cause, String id, Duration longest) {
        long begun = System.nanoTime();
        return OperationEnd.of(api, cause, id, ApiRequest.PATIENCE, running -> {
            boolean late = System.nanoTime() - begun > longest.toNanos();
            return late ? Optional.of(tooLong(cause, running, longest)) : Optional.empty();
        });
    }

    private static IncusException tooLong(ApiRequest cause, OperationAnswer running, Duration longest) {
        return new IncusException(
                cause.toString(),
                running.status(),
                "operation " + running.id() + " still goes on after " + longest.toMinutes()
                        + " minutes. See what the daemon does with: incus operation show " + running.id());
    }

    /** {@return the operation of a command when it will have ended, well or not; cancelling it ends the waiting} */
    CompletableFuture<OperationAnswer> endLater(ApiRequest cause, String id, InstanceRun run) {
        return OperationEnd.of(api, cause, id, ApiRequest.PATIENCE, running -> run.end());
    }

    static Optional<OperationAnswer> look(Api api, String id) {
        return IfExists.find(() -> OperationAnswer.of(api.ask(ApiRequest.get("operations", id))));
    }
}
