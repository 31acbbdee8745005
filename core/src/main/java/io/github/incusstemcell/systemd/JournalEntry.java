package io.github.incusstemcell.systemd;

import io.github.incusstemcell.GuestText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One entry of a journal (systemd.journal-fields(7)).
 *
 * @param cursor journald's name of the entry
 * @param time when journald took it in, to the microsecond
 * @param unit the unit that it is about: what systemd says of a unit belongs to that unit
 * @param identifier what the program calls itself, as {@code sshd}
 * @param priority how grave it is
 * @param pid the process that wrote it
 * @param messageBytes the message as it was written, in whatever encoding
 * @param fields all fields, each with all its values, as text
 */
public record JournalEntry(
        String cursor,
        Instant time,
        Optional<String> unit,
        Optional<String> identifier,
        Optional<Priority> priority,
        OptionalLong pid,
        byte[] messageBytes,
        Map<String, List<String>> fields) {

    /** Refuses nulls. */
    public JournalEntry {
        Objects.requireNonNull(cursor, "cursor");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(identifier, "identifier");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(messageBytes, "messageBytes");
        fields = Map.copyOf(fields);
    }

    /** {@return the message as text; octets that are no UTF-8 become U+FFFD} */
    public String message() {
        return new String(messageBytes, StandardCharsets.UTF_8);
    }

    /**
     * One field.
     *
     * @param name its name, as {@code _COMM}
     * @return its first value; empty where the entry has no such field
     */
    public Optional<String> field(String name) {
        return fields.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** {@return the run of the unit to which it belongs, as 32 hex digits; empty where it belongs to none} */
    public Optional<String> invocationId() {
        return field("INVOCATION_ID").or(() -> field("_SYSTEMD_INVOCATION_ID"));
    }

    /** {@return the entry as messages show it, see {@link GuestText}: {@code 12:00:01.123456 sshd[42]: hello}} */
    @Override
    public String toString() {
        String clock = String.format(
                Locale.ROOT, "%1$tT.%2$06d", time.atOffset(java.time.ZoneOffset.UTC), time.getNano() / 1000);
        String process = pid.isPresent() ? "[" + pid.getAsLong() + "]" : "";
        return GuestText.message(clock + " " + identifier.orElse("?") + process + ": " + message());
    }
}
