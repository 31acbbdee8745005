package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.time.Instant;
import java.util.Optional;

/** An operation as the daemon describes it. */
record OperationAnswer(String id, int status, String error, JsonNode metadata, JsonNode whole) {

    static final int SUCCESS = 200;
    static final int FAILURE = 400;
    static final int CANCELLED = 401;

    static OperationAnswer of(JsonNode node) {
        return new OperationAnswer(
                node.path("id").asText(),
                node.path("status_code").asInt(),
                node.path("err").asText(),
                node.path("metadata"),
                node);
    }

    /** {@return when the daemon was asked for it, by its own clock; empty: it has not said} */
    Optional<Instant> createdAt() {
        return Json.time(whole.path("created_at"));
    }

    boolean hasEnded() {
        return status == SUCCESS || status >= FAILURE;
    }

    /** {@return this, if it ended well} */
    OperationAnswer requireSuccess(ApiRequest cause) {
        if (status == SUCCESS) {
            return this;
        }
        if (status == CANCELLED) {
            throw new IncusException(cause.toString(), status, "the operation was cancelled");
        }
        throw new IncusException(cause.toString(), status, error);
    }
}
