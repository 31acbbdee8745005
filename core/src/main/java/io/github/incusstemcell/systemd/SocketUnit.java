package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A socket that systemd listens on for a service (org.freedesktop.systemd1.Socket).
 *
 * @param name the socket unit's name
 * @param listeners where it listens
 * @param activates the units that it starts
 */
public record SocketUnit(String name, List<Listener> listeners, List<String> activates) {

    /** How {@code systemctl show} prints a listener. */
    private static final Pattern SHOWN = Pattern.compile("(.*) \\((\\w+)\\)");

    /** Refuses nulls. */
    public SocketUnit {
        Objects.requireNonNull(name, "name");
        listeners = List.copyOf(listeners);
        activates = List.copyOf(activates);
    }

    /**
     * A place where a socket unit listens.
     *
     * @param type {@code Stream}, {@code Datagram}, {@code Netlink}, {@code FIFO}...
     * @param address a path, or an address and a port
     */
    public record Listener(String type, String address) {

        /**
         * Refuses nulls.
         *
         * @param type {@code Stream}, {@code Datagram}, {@code Netlink}, {@code FIFO}...
         * @param address a path, or an address and a port
         */
        public Listener {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(address, "address");
        }
    }

    static SocketUnit of(PropertyValues socket) {
        List<Listener> listeners = socket.rows("Listen", row -> new Listener((String) row.get(0), (String) row.get(1)));
        if (listeners.isEmpty()) {
            listeners = socket.shown("Listen")
                    .orElse("")
                    .lines()
                    .map(SHOWN::matcher)
                    .filter(Matcher::matches)
                    .map(line -> new Listener(line.group(2), line.group(1)))
                    .toList();
        }
        return new SocketUnit(socket.text("Id"), listeners, socket.list("Triggers"));
    }
}
