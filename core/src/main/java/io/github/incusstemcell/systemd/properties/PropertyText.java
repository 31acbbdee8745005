package io.github.incusstemcell.systemd.properties;

import io.github.incusstemcell.systemd.SystemdException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Property values in the words of {@code systemctl show --timestamp=us+utc}, which go by the property's name.
 *
 * <p>The rules are those that show themselves when both are asked for every property of every unit; a test does that.
 */
final class PropertyText {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter PARSED_TIME = DateTimeFormatter.ofPattern(
                    "EEE yyyy-MM-dd HH:mm:ss[.SSSSSS] 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Properties that are points in time without being called so, of which systemctl prints whole seconds only. */
    private static final Set<String> TIMES = Set.of("NextElapseUSecRealtime", "LastTriggerUSec");

    private static final Pattern INFINITE = Pattern.compile(".*USec.*|Limit.*|.*(Max|High|Low|Min)|MemoryLimit");
    private static final Pattern NO_DATA = Pattern.compile("IP(In|E)gress(Bytes|Packets)");
    private static final long SECOND = 1_000_000L;
    private static final Pattern SPAN_PART = Pattern.compile("([0-9.]+) ?([a-zA-Z]+)");

    /** systemd's units of time, from the longest on, in microseconds (systemd.time(7)). */
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("y", 31_557_600_000_000L);
        UNITS.put("month", 2_629_800_000_000L);
        UNITS.put("w", 604_800_000_000L);
        UNITS.put("d", 86_400_000_000L);
        UNITS.put("h", 3_600_000_000L);
        UNITS.put("min", 60_000_000L);
        UNITS.put("s", SECOND);
        UNITS.put("ms", 1_000L);
        UNITS.put("us", 1L);
    }

    private PropertyText() {}

    static String of(String name, Object value) {
        if (StructureText.knows(name)) {
            return StructureText.of(name, value);
        }
        if (value instanceof Boolean flag) {
            return flag ? "yes" : "no";
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Long number) {
            return number(name, number);
        }
        if (value instanceof BigInteger maximum) {
            return maximum(name, maximum);
        }
        if (value instanceof List<?> elements) {
            return elements.stream().map(PropertyText::element).collect(Collectors.joining(" "));
        }
        return String.valueOf(value);
    }

    private static String number(String name, long value) {
        if (name.endsWith("Timestamp") || TIMES.contains(name)) {
            Instant time = Instant.EPOCH.plus(value, ChronoUnit.MICROS);
            return value == 0 ? "" : TIMES.contains(name) ? TIME.format(time) + " UTC" : time(time);
        }
        if (name.contains("USec")) {
            return span(value);
        }
        if (name.equals("UMask") || name.endsWith("Mode") && value >= 0) {
            return String.format(Locale.ROOT, "%04o", value);
        }
        if ((name.equals("UID") || name.equals("GID")) && value == 0xffffffffL
                || name.endsWith("ActionExitStatus") && value < 0) {
            return "[not set]";
        }
        return switch (name) {
            case "CoredumpFilter" -> "0x" + Long.toHexString(value);
            case "NUMAPolicy" -> value < 0 ? "n/a" : Long.toString(value);
            case "MountFlags" -> value == 0 ? "" : Long.toString(value);
            default -> Long.toString(value);
        };
    }

    /** systemd says "none", "not set" and "without limit" with the largest number. */
    private static String maximum(String name, BigInteger value) {
        if (value.bitLength() < 64 || value.bitCount() < 64) {
            return value.toString();
        }
        if (TIMES.contains(name)) {
            return "";
        }
        if (NO_DATA.matcher(name).matches()) {
            return "[no data]";
        }
        boolean infinite = INFINITE.matcher(name).matches() && !name.startsWith("ManagedOOM");
        return infinite ? "infinity" : "[not set]";
    }

    private static String element(Object element) {
        if (element instanceof List<?> fields) {
            return fields.stream().map(PropertyText::element).collect(Collectors.joining(" ", "{ ", " }"));
        }
        return element instanceof String ? quoted(element) : of("", element);
    }

    /** Quotes where a shell would need it, so that the elements can be told apart. */
    static String quoted(Object element) {
        String text = element.toString();
        boolean plain = text.matches("[^\\s\"\\\\`$*?\\['()<>|&;!]+");
        return plain ? text : '"' + text.replaceAll("([\"\\\\`$])", "\\\\$1") + '"';
    }

    static String time(Instant time) {
        return String.format(Locale.ROOT, "%s.%06d UTC", TIME.format(time), time.getNano() / 1000);
    }

    static Optional<Instant> parseTime(String text) {
        if (text.isEmpty() || text.equals("n/a") || text.equals("0")) {
            return Optional.empty();
        }
        try {
            return Optional.of(PARSED_TIME.parse(text, Instant::from));
        } catch (DateTimeParseException e) {
            throw new SystemdException("Not a time as systemctl prints it: " + text, "", e);
        }
    }

    /** {@return the span as systemd writes it, to the microsecond: {@code 1min 30s}, {@code 1.500000s}} */
    private static String span(long micros) {
        if (micros == 0) {
            return "0";
        }
        List<String> parts = new ArrayList<>();
        long left = micros;
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            long size = unit.getValue();
            if (left >= size) {
                boolean last = size <= SECOND; // what is left below a second becomes decimals
                parts.add(left / size + (last ? decimals(left % size, size) : "") + unit.getKey());
                left = last ? 0 : left % size;
            }
        }
        return String.join(" ", parts);
    }

    private static String decimals(long left, long size) {
        int digits = Long.toString(size).length() - 1;
        return left == 0 ? "" : String.format(Locale.ROOT, ".%0" + digits + "d", left);
    }

    /** {@return microseconds; 0 where there is no time at all in it} */
    static long parseSpan(String text) {
        Matcher part = SPAN_PART.matcher(text);
        double micros = 0;
        while (part.find()) {
            micros += Double.parseDouble(part.group(1)) * UNITS.getOrDefault(part.group(2), 0L);
        }
        return Math.round(micros);
    }
}
