package io.github.incusstemcell.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reading and writing JSON, as a daemon or an agent speaks it. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** {@return a new object without anything in it} */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** {@return an object of these members} */
    public static ObjectNode object(Map<String, String> values) {
        ObjectNode object = object();
        values.forEach(object::put);
        return object;
    }

    /** {@return an object of objects} */
    public static ObjectNode nested(Map<String, Map<String, String>> values) {
        ObjectNode object = object();
        values.forEach((name, inner) -> object.set(name, object(inner)));
        return object;
    }

    /** {@return an array of values of the JDK} */
    public static ArrayNode array(List<?> values) {
        return MAPPER.valueToTree(values);
    }

    /** {@return a node of a value of the JDK, such as a map or a list} */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** {@return what is written there} */
    public static JsonNode read(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** {@return what is written there} */
    public static JsonNode read(byte[] text) throws IOException {
        return MAPPER.readTree(text);
    }

    /** {@return the members as values of the JDK} */
    public static Map<String, Object> values(ObjectNode object) {
        return MAPPER.convertValue(object, new TypeReference<Map<String, Object>>() {});
    }

    /** {@return the members of an object whose values are strings} */
    public static Map<String, String> strings(JsonNode object) {
        return map(object, JsonNode::asText);
    }

    /** {@return the members of an object of objects whose values are strings} */
    public static Map<String, Map<String, String>> stringsOfStrings(JsonNode object) {
        return map(object, Json::strings);
    }

    /** {@return the members of an object, each read by a function} */
    public static <T> Map<String, T> map(JsonNode object, Function<JsonNode, T> value) {
        Map<String, T> map = new LinkedHashMap<>();
        object.fieldNames().forEachRemaining(name -> map.put(name, value.apply(object.get(name))));
        return map;
    }

    /** {@return the elements of an array, each read by a function} */
    public static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
        List<T> list = new ArrayList<>();
        array.forEach(node -> list.add(element.apply(node)));
        return List.copyOf(list);
    }

    /** {@return the time, or empty for the zero time by which Go says never} */
    public static Optional<Instant> time(JsonNode node) {
        if (node.isMissingNode() || node.isNull() || node.asText().startsWith("0001-01-01")) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(node.asText()).toInstant());
        } catch (DateTimeParseException e) {
            throw new IncusStemcellException("An answer has a time that is none: " + e.getMessage(), e);
        }
    }
}
