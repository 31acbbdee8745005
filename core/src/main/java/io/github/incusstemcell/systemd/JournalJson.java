package io.github.incusstemcell.systemd;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries as {@code journalctl --output=json} prints them (JSON Journal Format in systemd's docs).
 *
 * <p>A value is a string; an array of numbers where its octets are no printable UTF-8; an array of such values where the
 * field stands in the entry several times; null where it is too long, which {@code --all} prevents.
 */
final class JournalJson {

    private JournalJson() {}

    static JournalEntry entry(byte[] line) {
        JsonNode node;
        try {
            node = Json.read(line);
        } catch (IOException e) {
            throw unreadable(line, e);
        }
        if (!node.isObject() || !node.has("__CURSOR") || !node.has("__REALTIME_TIMESTAMP")) {
            throw unreadable(line, null);
        }
        Map<String, List<String>> fields = new HashMap<>();
        node.fieldNames()
                .forEachRemaining(name -> fields.put(
                        name,
                        values(node.get(name)).stream()
                                .map(value -> new String(value, StandardCharsets.UTF_8))
                                .toList()));
        return new JournalEntry(
                node.get("__CURSOR").asText(),
                Instant.EPOCH.plus(node.get("__REALTIME_TIMESTAMP").asLong(), ChronoUnit.MICROS),
                first(fields, "UNIT", "OBJECT_SYSTEMD_UNIT", "_SYSTEMD_UNIT"),
                first(fields, "SYSLOG_IDENTIFIER", "_COMM"),
                first(fields, "PRIORITY").filter(text -> text.matches("[0-7]")).map(JournalJson::priority),
                pid(first(fields, "_PID", "SYSLOG_PID")),
                values(node.path("MESSAGE")).stream().findFirst().orElse(new byte[0]),
                fields);
    }

    private static SystemdException unreadable(byte[] line, @Nullable IOException cause) {
        return new SystemdException(
                "Not a journal entry as journalctl prints it: " + new String(line, StandardCharsets.UTF_8), cause);
    }

    private static Priority priority(String digit) {
        return Priority.values()[Integer.parseInt(digit)];
    }

    private static OptionalLong pid(Optional<String> text) {
        return text.filter(digits -> digits.matches("\\d{1,10}")).isPresent()
                ? OptionalLong.of(Long.parseLong(text.get()))
                : OptionalLong.empty();
    }

    private static Optional<String> first(Map<String, List<String>> fields, String... names) {
        for (String name : names) {
            List<String> values = fields.getOrDefault(name, List.of());
            if (!values.isEmpty()) {
                return Optional.of(values.get(0));
            }
        }
        return Optional.empty();
    }

    private static List<byte[]> values(JsonNode node) {
        if (node.isNull() || node.isMissingNode()) {
            return List.of();
        }
        if (!node.isArray() || node.isEmpty() || node.get(0).isNumber()) {
            return List.of(value(node));
        }
        List<byte[]> values = new ArrayList<>();
        node.forEach(element -> {
            if (!element.isNull()) {
                values.add(value(element));
            }
        });
        return values;
    }

    private static byte[] value(JsonNode node) {
        if (!node.isArray()) {
            return node.asText().getBytes(StandardCharsets.UTF_8);
        }
        byte[] octets = new byte[node.size()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) node.get(i).asInt();
        }
        return octets;
    }
}
