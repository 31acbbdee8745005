package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reading and writing the daemon's JSON. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SHOWN = 200;

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array(List<String> values) {
        ArrayNode array = MAPPER.createArrayNode();
        values.forEach(array::add);
        return array;
    }

    static ObjectNode object(Map<String, String> values) {
        ObjectNode object = object();
        values.forEach(object::put);
        return object;
    }

    static ObjectNode nested(Map<String, Map<String, String>> values) {
        ObjectNode object = object();
        values.forEach((name, inner) -> object.set(name, object(inner)));
        return object;
    }

    static JsonNode parse(ApiRequest request, int code, byte[] body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node != null && node.isObject() && node.has("type")) {
                return node;
            }
        } catch (IOException e) {
            throw notIncus(request, code, body);
        }
        throw notIncus(request, code, body);
    }

    /** {@return the text of a message that is no envelope, such as an event} */
    static JsonNode parse(String text) throws IOException {
        return MAPPER.readTree(text);
    }

    private static IncusException notIncus(ApiRequest request, int code, byte[] body) {
        String text = new String(body, 0, Math.min(body.length, SHOWN), StandardCharsets.UTF_8);
        return new IncusException(request.toString(), code, "the answer is none of Incus: '" + text + "'");
    }

    static Map<String, String> strings(JsonNode object) {
        return map(object, JsonNode::asText);
    }

    static Map<String, Map<String, String>> stringsOfStrings(JsonNode object) {
        return map(object, Json::strings);
    }

    static <T> Map<String, T> map(JsonNode object, Function<JsonNode, T> value) {
        Map<String, T> map = new LinkedHashMap<>();
        object.fieldNames().forEachRemaining(name -> map.put(name, value.apply(object.get(name))));
        return map;
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
        List<T> list = new ArrayList<>();
        array.forEach(node -> list.add(element.apply(node)));
        return List.copyOf(list);
    }

    /** {@return the time, or empty for the zero time by which Go says never} */
    static Optional<Instant> time(JsonNode node) {
        if (node.isMissingNode() || node.isNull() || node.asText().startsWith("0001-01-01")) {
            return Optional.empty();
        }
        return Optional.of(OffsetDateTime.parse(node.asText()).toInstant());
    }
}
