package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The TCP sockets on which a guest listens, by sock_diag(7). The kernel's tables of them under /proc/net say the same, but for each of these it
 * goes through all connections that the whole machine may have, for some milliseconds.
 */
final class ListeningTcp {

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final byte IPPROTO_TCP = 6;
    private static final int TCP_LISTEN = 10;

    // Where the parts of these structures begin.
    private static final int STATES = 4;
    private static final int PORT = 4;
    private static final int ADDRESS = 8;
    private static final int INODE = 68;

    private ListeningTcp() {}

    /** {@return all of them, of IPv4 and of IPv6; empty where this way there is no answer} */
    static Optional<List<ListeningSocket>> of(StemcellContainer stemcell) {
        try {
            ExecResult result = Netlink.ask(stemcell, Netlink.SOCK_DIAG, listening(AF_INET), listening(AF_INET6));
            return result.isSuccess() && !result.isTruncated()
                    ? of(stemcell.name(), result.stdout())
                    : Optional.empty();
        } catch (IncusException e) {
            return Optional.empty(); // It does not run, which the tables tell as well.
        }
    }

    /** SOCK_DIAG_BY_FAMILY, and a struct inet_diag_req_v2: family, protocol, extensions, states, and the id of a socket. */
    private static Netlink.Request listening(int family) {
        ByteBuffer body = Netlink.buffer(new byte[56]);
        return new Netlink.Request(
                20,
                body.put((byte) family)
                        .put(IPPROTO_TCP)
                        .putInt(STATES, 1 << TCP_LISTEN)
                        .array());
    }

    static Optional<List<ListeningSocket>> of(String guest, String printed) {
        String what = "a socket of sock_diag(7) on " + guest;
        return Netlink.answers(2, printed).map(answers -> answers.stream()
                .flatMap(List::stream)
                .map(line -> GuestLine.read(what, line, ListeningTcp::socket))
                .toList());
    }

    /** A struct inet_diag_msg. */
    private static ListeningSocket socket(String line) {
        ByteBuffer message = Netlink.bytes(line);
        boolean ofIpv4 = message.get(0) == AF_INET;
        byte[] address = new byte[ofIpv4 ? 4 : 16];
        message.get(ADDRESS, address);
        return new ListeningSocket(
                ofIpv4 ? Protocol.TCP : Protocol.TCP6,
                message.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(PORT) & 0xffff,
                "",
                Addresses.ofBytes(address),
                ListeningSocket.Type.STREAM,
                Integer.toUnsignedLong(message.getInt(INODE)));
    }
}
