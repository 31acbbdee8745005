package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The sockets of one kind on which a guest listens, from the kernel's own tables under /proc/net. */
record Sockets(List<Listener> listeners) {

    private static final String LISTENING = "0A";
    private static final String UDP_UNCONNECTED = "07";
    /** In the flags of a Unix socket: listen() was called. */
    private static final int ACCEPTS = 0x10000;

    private static final String DATAGRAM = "0002";

    /**
     * A listening socket.
     *
     * @param address its local address, without a port; empty for Unix sockets
     */
    record Listener(GuestSocket socket, String address, long inode) {

        /** As tcp 0.0.0.0:22, tcp6 [::]:22, or unix /run/x. */
        String words() {
            if (socket.protocol() == Protocol.UNIX) {
                return "unix " + socket.path();
            }
            String host = address.contains(":") ? "[" + address + "]" : address;
            return socket.protocol() + " " + host + ":" + socket.port();
        }
    }

    static Sockets of(StemcellContainer stemcell, Protocol protocol) {
        List<Listener> found = new ArrayList<>();
        table(stemcell, protocol).lines().skip(1).forEach(line -> {
            (protocol == Protocol.UNIX
                            ? unix(line.split(" +", 8))
                            : port(protocol, line.strip().split(" +")))
                    .ifPresent(found::add);
        });
        found.sort(Comparator.comparing(Listener::words));
        return new Sockets(found);
    }

    private static String table(StemcellContainer stemcell, Protocol protocol) {
        String path = "/proc/net/" + protocol;
        GuestFiles files = stemcell.files();
        try {
            String text = files.readString(path);
            if (text.isEmpty()) {
                throw new AssertionError(
                        "Expecting a table in " + path + " on " + stemcell.name() + "\n  but it was empty");
            }
            return text;
        } catch (GuestFileException e) {
            boolean ofIpv6 = protocol == Protocol.TCP6 || protocol == Protocol.UDP6;
            // A guest without IPv6 has the other tables; one that does not run has none.
            if (e.reason() == GuestFileException.Reason.NOT_FOUND && ofIpv6 && files.exists("/proc/net/tcp")) {
                return "";
            }
            throw e;
        }
    }

    /** Fields: number, local address, remote address, state, queues, timer, retransmissions, uid, timeout, inode. */
    private static Optional<Listener> port(Protocol protocol, String[] field) {
        boolean stream = protocol == Protocol.TCP || protocol == Protocol.TCP6;
        if (!field[3].equals(stream ? LISTENING : UDP_UNCONNECTED)) {
            return Optional.empty();
        }
        int colon = field[1].indexOf(':');
        int port = Integer.parseInt(field[1].substring(colon + 1), 16);
        if (port == 0) {
            return Optional.empty();
        }
        String address = Addresses.ofWords(field[1].substring(0, colon));
        return Optional.of(new Listener(new GuestSocket(protocol, port, ""), address, Long.parseLong(field[9])));
    }

    /** Fields: number, references, protocol, flags, type, state, inode, and the path where there is one. */
    private static Optional<Listener> unix(String[] field) {
        boolean listens = (Integer.parseInt(field[3], 16) & ACCEPTS) != 0 || field[4].equals(DATAGRAM);
        if (field.length < 8 || !listens || !(field[7].startsWith("/") || field[7].startsWith("@"))) {
            return Optional.empty();
        }
        return Optional.of(new Listener(GuestSocket.unix(field[7]), "", Long.parseLong(field[6])));
    }

    List<Listener> at(GuestSocket socket) {
        return listeners.stream()
                .filter(listener -> listener.socket().equals(socket))
                .toList();
    }
}
