package io.github.incusstemcell.systemd.properties;

import io.github.incusstemcell.systemd.SystemdException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Properties as they came: typed from the bus, or as text from {@code systemctl show}.
 *
 * <p>What is asked for here must have come: an answer without it is not read as "no", "0" or "none".
 */
public record PropertyValues(Map<String, Object> values) {

    public TreeSet<String> names() {
        return new TreeSet<>(values.keySet());
    }

    private Object required(String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new SystemdException("systemd's answer has no property " + name + ", only " + names(), "", null);
        }
        return value;
    }

    public String text(String name) {
        return required(name) instanceof String text ? text : shown(name).orElseThrow();
    }

    public Optional<String> optionalText(String name) {
        return shown(name).filter(text -> !text.isEmpty());
    }

    public Optional<String> shown(String name) {
        return Optional.ofNullable(values.get(name))
                .map(value -> value instanceof String text ? text : read(name, () -> PropertyText.of(name, value)));
    }

    /** Fails where systemd has given a property another type than it has, as a guest that lies may. */
    private <T> T read(String name, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (ClassCastException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException
                | DateTimeException e) {
            throw new SystemdException(
                    "systemd's property " + name + " is none of the type that it has: " + values.get(name), "", e);
        }
    }

    public boolean flag(String name) {
        Object value = required(name);
        return value instanceof Boolean flag ? flag : "yes".equals(value);
    }

    /** {@return a number; empty where there is no such property, and where systemd says that it has no value} */
    public OptionalLong count(String name) {
        Object value = values.get(name);
        if (value instanceof Long number) {
            return OptionalLong.of(number);
        }
        if (value instanceof String text && text.matches("-?\\d+")) {
            return OptionalLong.of(read(name, () -> Long.valueOf(text)));
        }
        return OptionalLong.empty();
    }

    public Optional<Instant> time(String name) {
        Object value = values.get(name);
        if (value instanceof Long micros) {
            return micros == 0 ? Optional.empty() : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        }
        return value instanceof String text ? PropertyText.parseTime(text) : Optional.empty();
    }

    /** {@return microseconds as systemd counts them; empty where it says 0, infinity or nothing} */
    public OptionalLong micros(String name) {
        Object value = values.get(name);
        if (value instanceof BigInteger) {
            return OptionalLong.empty();
        }
        long micros = value instanceof String text
                ? read(name, () -> PropertyText.parseSpan(text))
                : value instanceof Long number ? number : 0;
        return micros == 0 ? OptionalLong.empty() : OptionalLong.of(micros);
    }

    public List<String> list(String name) {
        Object value = values.getOrDefault(name, List.of());
        if (value instanceof List<?> elements) {
            return read(name, () -> elements.stream().map(String.class::cast).toList());
        }
        String text = read(name, () -> (String) value);
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** {@return the rows of a property that is an array of structs; empty where only text came} */
    public <T> List<T> rows(String name, Function<List<?>, T> reader) {
        return values.get(name) instanceof List<?> rows
                ? read(name, () -> rows.stream()
                        .map(row -> reader.apply((List<?>) row))
                        .toList())
                : List.of();
    }

    public Optional<String> loadError() {
        // Printed behind the error's D-Bus name, and in quotes.
        return optionalText("LoadError").map(text -> text.replaceFirst("^[^\"]*\"(.*)\"$", "$1"));
    }
}
