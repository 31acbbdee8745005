package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the daemon wraps its answers in. */
record Answer(JsonNode metadata, String operation) {

    private static final int SHOWN = 200;

    static Answer of(ApiRequest request, int code, byte[] body) {
        JsonNode envelope = envelope(request, code, body);
        String type = envelope.path("type").asText();
        if (type.equals("error")) {
            int errorCode = envelope.path("error_code").asInt(code);
            String error = envelope.path("error").asText();
            IncusException failure = new IncusException(request.toString(), errorCode == 0 ? code : errorCode, error);
            throw NoQuorumException.isMeant(error) ? new NoQuorumException(failure) : failure;
        }
        return new Answer(envelope.path("metadata"), envelope.path("operation").asText());
    }

    private static JsonNode envelope(ApiRequest request, int code, byte[] body) {
        try {
            JsonNode node = Json.read(body);
            if (node != null && node.isObject() && node.has("type")) {
                return node;
            }
        } catch (IOException e) {
            throw notIncus(request, code, body);
        }
        throw notIncus(request, code, body);
    }

    private static IncusException notIncus(ApiRequest request, int code, byte[] body) {
        String text = new String(body, 0, Math.min(body.length, SHOWN), StandardCharsets.UTF_8);
        return new IncusException(request.toString(), code, "the answer is none of Incus: '" + text + "'");
    }
}
