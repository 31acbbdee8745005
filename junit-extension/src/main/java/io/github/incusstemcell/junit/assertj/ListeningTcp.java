package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The TCP sockets on which a guest listens, by sock_diag(7). The kernel's tables of them under /proc/net say the same, but for each of these it
 * goes through all connections that the whole machine may have, for some milliseconds.
 */
final class ListeningTcp {

    /** Prints protocol, address in hex, port and inode of each, a line each, and a last line; ends with 3 where the kernel knows of no such question. */
    private static final String ASK = """
            socket(my $kernel, 16, 3, 4) or exit 3; # AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG
            sub ask {
                my ($protocol, $family, $length) = @_;
                # SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP; TCP, those in TCP_LISTEN
                send $kernel, pack('LSSLLCCxxLx48', 72, 20, 0x301, $family, 0, $family, 6, 1 << 10), 0 or exit 3;
                while (1) {
                    defined recv $kernel, my $answer, 1 << 16, 0 or exit 3;
                    while (length $answer) {
                        my ($size, $type, $flags, $number) = unpack 'LSSL', $answer;
                        exit 3 if $size < 16 || $size > length $answer || $flags & 0x10; # NLM_F_DUMP_INTR
                        my $socket = substr $answer, 0, ($size + 3) & ~3, '';
                        next if $number != $family;
                        return if $type == 3; # NLMSG_DONE
                        exit 3 if $type != 20 || $size < 88;
                        my ($port, $address, $inode) = unpack 'x20nx2a16x44L', $socket;
                        print "$protocol ", unpack('H*', substr $address, 0, $length), " $port $inode\\n";
                    }
                }
            }
            ask 'TCP', 2, 4;
            ask 'TCP6', 10, 16;
            print "end\\n";
            """;

    private static final String END = "end";

    private ListeningTcp() {}

    /** {@return all of them, of IPv4 and of IPv6; empty where this way there is no answer} */
    static Optional<List<ListeningSocket>> of(StemcellContainer stemcell) {
        List<String> lines = new ArrayList<>(printed(stemcell).lines().toList());
        boolean isWhole = !lines.isEmpty() && lines.remove(lines.size() - 1).equals(END);
        String what = "sockets that listen on TCP on " + stemcell.name();
        return isWhole
                ? Optional.of(lines.stream()
                        .map(line -> GuestLine.read(what, line, ListeningTcp::socket))
                        .toList())
                : Optional.empty();
    }

    private static String printed(StemcellContainer stemcell) {
        try {
            ExecResult result = stemcell.inspect(Command.perl(ASK));
            return result.isSuccess() && !result.isTruncated() ? result.stdout() : "";
        } catch (IncusException e) {
            return ""; // It does not run, which the tables tell as well.
        }
    }

    private static ListeningSocket socket(String line) {
        String[] field = line.split(" ");
        return new ListeningSocket(
                Protocol.valueOf(field[0]),
                Integer.parseInt(field[2]),
                "",
                Addresses.ofBytes(field[1]),
                Long.parseLong(field[3]));
    }
}
