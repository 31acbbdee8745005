package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;

/**
 * A socket on which a guest listens, as the kernel's tables under {@code /proc/net} have it.
 *
 * @param protocol the table: {@link Protocol#TCP} and {@link Protocol#UDP} stand for those of IPv4 here
 * @param port the number of the port; 0 for Unix sockets
 * @param path the path of a Unix socket, or an abstract name behind an {@code @}; empty for ports
 * @param address its local address in numbers, as {@code 0.0.0.0} or {@code ::}; empty for Unix sockets
 * @param type of which type it is
 * @param inode its number, by which processes hold it
 */
public record ListeningSocket(Protocol protocol, int port, String path, String address, Type type, long inode) {

    /** The types of sockets, socket(2). */
    public enum Type {
        /** One connection for each who connects. */
        STREAM("Stream"),
        /** Packets without a connection. */
        DATAGRAM("Datagram"),
        /** Connections that keep packets apart. */
        SEQPACKET("SequentialPacket");

        private final String inUnits;

        Type(String inUnits) {
            this.inUnits = inUnits;
        }

        /** How systemd calls it. */
        String inUnits() {
            return inUnits;
        }
    }

    /** {@return whether it is one of those that are meant by this} */
    public boolean isAt(GuestSocket socket) {
        return socket.protocol().tables().contains(protocol)
                && socket.port() == port
                && socket.path().equals(path);
    }

    /** As tcp 0.0.0.0:22, tcp6 [::]:22, or unix /run/x. */
    String words() {
        return protocol + " " + place();
    }

    /** As systemd writes it, too. */
    String place() {
        if (protocol == Protocol.UNIX) {
            return path;
        }
        String host = address.contains(":") ? "[" + address + "]" : address;
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return words();
    }
}
