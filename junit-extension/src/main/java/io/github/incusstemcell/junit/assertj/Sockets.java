package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import io.github.incusstemcell.junit.assertj.ListeningSocket.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sockets on which a guest listens, from the kernel's own tables under /proc/net; for TCP the kernel is asked in a quicker way first. */
record Sockets(List<ListeningSocket> listeners) {

    /** The kernel writes the number of a Unix socket with all digits of a pointer: a line that begins otherwise belongs to a path. */
    private static final String UNIX_BEGINNING = "\\p{XDigit}{16}: ";

    private static final Pattern UNIX_ENTRIES = Pattern.compile("\n(?=" + UNIX_BEGINNING + ")");

    /**
     * Number, references, protocol, flags, type, state, inode, and the path where there is one, over whatever line ends in it, which the
     * kernel writes as they are.
     */
    private static final Pattern UNIX = Pattern.compile(
            UNIX_BEGINNING + "\\p{XDigit}{8} \\p{XDigit}{8} (\\p{XDigit}{8})"
                    + " (\\p{XDigit}{4}) \\p{XDigit}{2} +(\\d{1,18}) ([/@].*)",
            Pattern.DOTALL);

    private static final String FOLDER = "/proc/net/";

    /** Number, local address, remote address, state, queues, timer, retransmissions, uid, timeout, inode: the state of TCP. */
    private static final String LISTENING = "0A";

    private static final String UDP_UNCONNECTED = "07";
    /** In the flags of a Unix socket: listen() was called. */
    private static final int ACCEPTS = 0x10000;

    /** By the numbers of the kernel, which has no others for Unix sockets. */
    private static final Map<Integer, Type> TYPES = Map.of(1, Type.STREAM, 2, Type.DATAGRAM, 5, Type.SEQPACKET);

    private static final Set<Protocol> OF_TCP = Set.of(Protocol.TCP, Protocol.TCP6);

    /** Those of some tables, by letter. */
    static Sockets of(StemcellContainer stemcell, List<Protocol> tables) {
        Optional<List<ListeningSocket>> tcp =
                tables.stream().anyMatch(OF_TCP::contains) ? ListeningTcp.of(stemcell) : Optional.empty();
        Stream<ListeningSocket> asked =
                tcp.stream().flatMap(List::stream).filter(socket -> tables.contains(socket.protocol()));
        List<Protocol> inTables = tables.stream()
                .filter(table -> tcp.isEmpty() || !OF_TCP.contains(table))
                .toList();
        GuestFiles files = stemcell.files()
                .prefetch(inTables.stream().map(table -> FOLDER + table).toArray(String[]::new));
        Stream<ListeningSocket> others = inTables.stream().flatMap(table -> read(stemcell.name(), files, table));
        return new Sockets(Stream.concat(asked, others)
                .sorted(Comparator.comparing(ListeningSocket::words))
                .toList());
    }

    static Stream<ListeningSocket> read(String guest, GuestFiles files, Protocol table) {
        return of(guest, table, table(guest, files, table)).stream();
    }

    static List<ListeningSocket> of(String guest, Protocol table, String text) {
        String what = "sockets in /proc/net/" + table + " on " + guest;
        // The kernel's own line ends only: a path may have others, too.
        Stream<String> lines = table == Protocol.UNIX
                ? UNIX_ENTRIES.splitAsStream(text.replaceFirst("\n$", ""))
                : Stream.of(text.split("\n"));
        return lines.filter(line -> !line.isEmpty())
                .flatMap(line ->
                        GuestLine.read(what, line, each -> table == Protocol.UNIX ? unix(each) : port(table, each))
                                .stream())
                .toList();
    }

    private static String table(String guest, GuestFiles files, Protocol protocol) {
        String path = FOLDER + protocol;
        try {
            String text = files.readString(path);
            if (text.isEmpty()) {
                throw AssertionErrors.of("Expecting a table in " + path + " on " + guest + "\n  but it was empty");
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

    private static Optional<ListeningSocket> port(Protocol protocol, String line) {
        String[] field = line.strip().split(" +");
        if (!field[0].endsWith(":")) {
            return Optional.empty(); // the headline
        }
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
        return Optional.of(new ListeningSocket(
                protocol, port, "", address, stream ? Type.STREAM : Type.DATAGRAM, Long.parseLong(field[9])));
    }

    private static Optional<ListeningSocket> unix(String line) {
        Matcher socket = UNIX.matcher(line);
        if (!socket.matches()) {
            return Optional.empty();
        }
        Type type = TYPES.get(Integer.parseInt(socket.group(2), 16));
        boolean listens = (Integer.parseUnsignedInt(socket.group(1), 16) & ACCEPTS) != 0 || type == Type.DATAGRAM;
        return listens && type != null
                ? Optional.of(new ListeningSocket(
                        Protocol.UNIX, 0, socket.group(4), "", type, Long.parseLong(socket.group(3))))
                : Optional.empty();
    }

    List<ListeningSocket> at(GuestSocket socket) {
        return listeners.stream().filter(listener -> listener.isAt(socket)).toList();
    }
}
