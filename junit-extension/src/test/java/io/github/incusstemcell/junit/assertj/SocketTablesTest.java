package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import io.github.incusstemcell.junit.assertj.ListeningSocket.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's tables of sockets, as proc_net(5) has them. */
class SocketTablesTest {

    private static final String HEADLINE = "Num       RefCount Protocol Flags    Type St Inode Path\n";

    private static List<String> paths(String table) {
        return Sockets.of("c1", Protocol.UNIX, HEADLINE + table).stream()
                .map(ListeningSocket::path)
                .toList();
    }

    @Test
    void whatStandsBehindALineEndInAPathIsNoSocket() {
        String table = "0000000000000000: 00000002 00000000 00010000 0001 01 19051 /run/a\n"
                + "0: 00000002 00000000 00010000 0001 01 9 /run/fake\n"
                + "0000000000000000: 00000002 00000000 00010000 0001 01 19052 /run/b\nc\n"
                + "0000000000000000: 00000003 00000000 00000000 0001 03 19053\n"
                + "0000000000000000: 00000002 00000000 00010000 0001 01 19054 @/run/abstract\n";

        assertThat(paths(table))
                .containsExactly(
                        "/run/a\n0: 00000002 00000000 00010000 0001 01 9 /run/fake", "/run/b\nc", "@/run/abstract");
    }

    @Test
    void aCarriageReturnIsPartOfAPath() {
        String table = "0000000000000000: 00000002 00000000 00010000 0001 01 19051 /tmp/y\rz\n"
                + "0000000000000000: 00000002 00000000 00010000 0001 01 19052 /tmp/y\u2028z\n";

        assertThat(paths(table)).containsExactly("/tmp/y\rz", "/tmp/y\u2028z");
    }

    @Test
    void eachHasItsType() {
        String table = "ffff000012345678: 00000002 00000000 00010000 0001 01 19051 /run/stream\n"
                + "ffff000012345678: 00000002 00000000 00000000 0002 01 19052 /run/datagram\n"
                + "ffff000012345678: 00000002 00000000 00010000 0005 01 19053 /run/packets\n"
                + "ffff000012345678: 00000003 00000000 00000000 0005 03 19054 /run/connected\n";

        assertThat(Sockets.of("c1", Protocol.UNIX, HEADLINE + table))
                .containsExactly(
                        new ListeningSocket(Protocol.UNIX, 0, "/run/stream", "", Type.STREAM, 19051),
                        new ListeningSocket(Protocol.UNIX, 0, "/run/datagram", "", Type.DATAGRAM, 19052),
                        new ListeningSocket(Protocol.UNIX, 0, "/run/packets", "", Type.SEQPACKET, 19053));
        assertThat(
                        Sockets.of(
                                "c1",
                                Protocol.UDP,
                                "  sl  local_address rem_address   st\n"
                                        + "  9: 00000000:15B3 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 77 2 0 0\n"))
                .containsExactly(new ListeningSocket(Protocol.UDP, 5555, "", "0.0.0.0", Type.DATAGRAM, 77));
    }
}
