package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that the daemon is busy with, or was a moment ago.
 *
 * @param id its identifier
 * @param description what it does, in the daemon's words
 * @param status {@code Running}, {@code Success}, {@code Failure}, {@code Cancelled}...
 * @param hasEnded whether it is over, well or not
 * @param error why it failed; empty where it did not
 * @param mayCancel whether it can be given up
 * @param createdAt when it began; empty where the daemon does not say
 */
public record Operation(
        String id,
        String description,
        String status,
        boolean hasEnded,
        Optional<String> error,
        boolean mayCancel,
        Optional<Instant> createdAt) {

    static Operation of(JsonNode node) {
        OperationAnswer answer = OperationAnswer.of(node);
        return new Operation(
                answer.id(),
                node.path("description").asText(),
                node.path("status").asText(),
                answer.hasEnded(),
                Optional.of(answer.error()).filter(error -> !error.isEmpty()),
                node.path("may_cancel").asBoolean(),
                Json.time(node.path("created_at")));
    }
}
