package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a guest's kernel answers over netlink(7) to requests for all that there is of a kind, which says more than its tables under /proc. All
 * architectures that stemcells are made for are little endian.
 */
final class Netlink {

    /** NETLINK_ROUTE, rtnetlink(7). */
    static final int ROUTE = 0;
    /** NETLINK_SOCK_DIAG, sock_diag(7). */
    static final int SOCK_DIAG = 4;

    /**
     * Prints what comes behind the header of each answer, a line each, and a last line behind those to each request. What changed meanwhile is asked
     * for anew.
     */
    private static final String DUMP = """
            socket my $kernel, 16, 3, shift or die "netlink: $!\\n"; # AF_NETLINK, SOCK_RAW
            my $number = 0;
            my $dump = sub {
                my ($type, $body) = @_;
                my ($answers, $changed) = ('', 0);
                # NLM_F_REQUEST | NLM_F_DUMP
                send $kernel, pack('LSSLLa*', 16 + length $body, $type, 0x301, ++$number, 0, $body), 0 or die "netlink: $!\\n";
                while (1) {
                    defined recv $kernel, my $datagram, 1 << 16, 0 or die "netlink: $!\\n";
                    while (length $datagram) {
                        my ($size, $kind, $flags, $of) = unpack 'LSSL', $datagram;
                        die "netlink: a broken answer\\n" if $size < 16 || $size > length $datagram;
                        my $message = substr $datagram, 0, ($size + 3) & ~3, '';
                        next if $of != $number;
                        $changed ||= $flags & 0x10; # NLM_F_DUMP_INTR
                        if ($kind == 2 || $kind == 3) { # NLMSG_ERROR, NLMSG_DONE
                            $! = -(unpack('x16l', $message) // 0);
                            die "netlink: $!\\n" if $! != 0;
                            return $changed ? undef : $answers;
                        }
                        $answers .= unpack('H*', substr $message, 16, $size - 16) . "\\n";
                    }
                }
            };
            for my $request (@ARGV) {
                my ($type, $body) = split /:/, $request;
                my $answers;
                for (1 .. 10) {
                    $answers = $dump->($type, pack 'H*', $body);
                    last if defined $answers;
                }
                die "netlink: it changes faster than it can be read\\n" if !defined $answers;
                print $answers, "end\\n";
            }
            """;

    private static final String END = "end";
    /** Length and type. */
    private static final int ATTRIBUTE_HEADER = 4;
    /** NLA_TYPE_MASK. */
    private static final int TYPE = 0x3fff;

    private Netlink() {}

    /**
     * A request for all of a kind.
     *
     * @param type the type of the message, as RTM_GETROUTE
     * @param body what comes behind the message's header
     */
    record Request(int type, byte... body) {

        String text() {
            return type + ":" + HexFormat.of().formatHex(body);
        }
    }

    /** Has the kernel asked, in one round trip; what is printed is for {@link #answers}. */
    static ExecResult ask(StemcellContainer stemcell, int protocol, Request... requests) {
        Stream<String> arguments = Stream.concat(
                Stream.of(String.valueOf(protocol)), Arrays.stream(requests).map(Request::text));
        return stemcell.inspect(Command.perl(DUMP, arguments.toArray(String[]::new)));
    }

    /** {@return the answers to each of so many requests, in hex; empty where they broke off} */
    static Optional<List<List<String>>> answers(int requests, String printed) {
        List<List<String>> all = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (String line : printed.lines().toList()) {
            if (line.equals(END)) {
                all.add(answers);
                answers = new ArrayList<>();
            } else {
                answers.add(line);
            }
        }
        return Optional.of(all).filter(lists -> lists.size() == requests);
    }

    static ByteBuffer bytes(String hex) {
        return buffer(HexFormat.of().parseHex(hex));
    }

    static ByteBuffer buffer(byte... bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Attributes by their types. */
    record Attributes(Map<Integer, byte[]> values) {

        /** Those in the rest of a message, or of another attribute. */
        static Attributes of(ByteBuffer rest) {
            Map<Integer, byte[]> values = new HashMap<>();
            while (rest.remaining() >= ATTRIBUTE_HEADER) {
                int size = Short.toUnsignedInt(rest.getShort());
                int type = Short.toUnsignedInt(rest.getShort()) & TYPE;
                values.put(type, part(rest, size - ATTRIBUTE_HEADER));
            }
            return new Attributes(values);
        }

        Optional<byte[]> bytes(int type) {
            return Optional.ofNullable(values.get(type));
        }

        /** A number of 32 bits without a sign. */
        long number(int type, long otherwise) {
            return bytes(type)
                    .map(value -> Integer.toUnsignedLong(buffer(value).getInt()))
                    .orElse(otherwise);
        }
    }

    /** So many bytes, without what follows them up to the next multiple of four. */
    static byte[] part(ByteBuffer rest, int size) {
        if (size < 0) {
            throw new IllegalArgumentException("Shorter than its header: " + size);
        }
        byte[] part = new byte[size];
        rest.get(part);
        rest.position(Math.min(rest.limit(), rest.position() + (-size & 3)));
        return part;
    }
}
