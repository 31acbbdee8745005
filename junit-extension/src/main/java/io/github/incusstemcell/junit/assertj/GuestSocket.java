package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Locale;

/**
 * A place at which a guest's processes may listen; meant for static imports of its factories, as {@code socket(tcp(22))}.
 *
 * @param protocol of which kind it is
 * @param port the number of the port, 1 to 65535; 0 for Unix sockets
 * @param path the path of a Unix socket, or an abstract name behind an {@code @}; empty for ports
 */
public record GuestSocket(Protocol protocol, int port, String path) {

    /** The kinds of sockets. What has no number of a family in its name is over both, since a socket of IPv6 may take IPv4, too. */
    public enum Protocol {
        /** TCP over IPv4 and IPv6. */
        TCP,
        /** TCP over IPv6 alone. */
        TCP6,
        /** UDP over IPv4 and IPv6. */
        UDP,
        /** UDP over IPv6 alone. */
        UDP6,
        /** Unix sockets. */
        UNIX;

        static final List<Protocol> PORTS = List.of(TCP, TCP6, UDP, UDP6);

        /** The tables under /proc/net in which such sockets are, each named by the protocol of the same name. */
        List<Protocol> tables() {
            return switch (this) {
                case TCP -> List.of(TCP, TCP6);
                case UDP -> List.of(UDP, UDP6);
                default -> List.of(this);
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Verifies what was given. */
    public GuestSocket {
        if (protocol == Protocol.UNIX) {
            if (!path.startsWith("/") && !path.startsWith("@")) {
                throw new IllegalArgumentException(
                        "Not the absolute path of a Unix socket, nor an abstract name behind an @: '" + path + "'");
            }
        } else if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Not a port of " + protocol + ", 1 to 65535: " + port);
        }
    }

    /**
     * A port of TCP, over IPv4 and IPv6: a process that listens on {@code [::]} takes connections over both mostly.
     *
     * @param port the number of the port, 1 to 65535
     * @return it
     */
    public static GuestSocket tcp(int port) {
        return new GuestSocket(Protocol.TCP, port, "");
    }

    /**
     * A port of TCP over IPv6 alone, whatever there is over IPv4.
     *
     * @param port the number of the port, 1 to 65535
     * @return it
     */
    public static GuestSocket tcp6(int port) {
        return new GuestSocket(Protocol.TCP6, port, "");
    }

    /**
     * A port of UDP, over IPv4 and IPv6.
     *
     * @param port the number of the port, 1 to 65535
     * @return it
     */
    public static GuestSocket udp(int port) {
        return new GuestSocket(Protocol.UDP, port, "");
    }

    /**
     * A port of UDP over IPv6 alone, whatever there is over IPv4.
     *
     * @param port the number of the port, 1 to 65535
     * @return it
     */
    public static GuestSocket udp6(int port) {
        return new GuestSocket(Protocol.UDP6, port, "");
    }

    /**
     * A Unix socket.
     *
     * @param path its absolute path, or its abstract name behind an {@code @}
     * @return it
     */
    public static GuestSocket unix(String path) {
        return new GuestSocket(Protocol.UNIX, 0, path);
    }

    /** {@return it as in "tcp port 22" or "unix socket /run/x"} */
    @Override
    public String toString() {
        return protocol == Protocol.UNIX ? "unix socket " + path : protocol + " port " + port;
    }
}
