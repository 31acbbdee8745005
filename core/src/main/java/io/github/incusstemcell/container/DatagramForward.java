package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.DaemonThreads;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP port of this machine's loopback, whose datagrams are carried on to a port of a guest by the stdin and stdout of one command, each behind
 * the number of its client and its length. In the guest each client has a socket of its own, so that answers find the way back.
 */
final class DatagramForward implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatagramForward.class);

    /**
     * Arguments: how many sockets are kept at most, the port, and the addresses to try in turn. What comes for client 0 is why nobody has got a
     * datagram: all of these addresses are the guest's own, so its kernel tells at once, or a moment later, that nobody listens there.
     */
    private static final String CARRY = """
            use Socket qw(getaddrinfo AI_NUMERICHOST SOCK_DGRAM SOL_SOCKET SO_ERROR);
            my ($most, $port, @hosts) = @ARGV;
            my (%clients, $time, $read);
            sub put {
                my ($frame, $done) = (pack('Nn/a*', @_), 0);
                while ($done < length $frame) {
                    $done += syswrite(*STDOUT, $frame, length($frame) - $done, $done) || exit 1;
                }
            }
            sub connected {
                my ($host) = @_;
                my ($error, $there) = getaddrinfo($host, $port, {flags => AI_NUMERICHOST, socktype => SOCK_DGRAM});
                die "$host: $error\n" if $error;
                my $new;
                return socket($new, $there->{family}, SOCK_DGRAM, 0) && connect($new, $there->{addr}) ? $new : undef;
            }
            sub isSent {
                my ($socket, $datagram) = @_;
                return 0 if !defined send $socket, $datagram, 0;
                return !($! = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR);
            }
            sub refused {
                my ($client) = @_;
                push @{$client->{why}}, "$hosts[$client->{at}]: " . lc $!;
                delete $client->{socket};
                $client->{at} = ($client->{at} + 1) % @hosts;
            }
            sub carry {
                my ($client) = @_;
                while (@{$client->{why}} < @hosts) {
                    $client->{socket} ||= connected($hosts[$client->{at}]);
                    return if $client->{socket} && isSent($client->{socket}, $client->{datagram});
                    refused($client);
                }
                put(0, join ', ', @{$client->{why}});
            }
            sub from {
                my ($number, $datagram) = @_;
                if (!$clients{$number} && keys %clients >= $most) {
                    delete $clients{(sort { $clients{$a}{time} <=> $clients{$b}{time} } keys %clients)[0]};
                }
                my $client = $clients{$number} ||= {at => 0};
                ($client->{time}, $client->{datagram}, $client->{why}) = (++$time, $datagram, []);
                carry($client);
            }
            while (1) {
                my $ready = '';
                vec($ready, fileno $_, 1) = 1 for *STDIN, grep { $_ } map { $_->{socket} } values %clients;
                select($ready, undef, undef, undef) > 0 or next;
                for my $number (keys %clients) {
                    my $client = $clients{$number};
                    next if !$client->{socket} || !vec $ready, fileno $client->{socket}, 1;
                    if (defined recv $client->{socket}, my $datagram, 65536, 0) { put($number, $datagram); next }
                    refused($client);
                    carry($client);
                }
                next if !vec $ready, fileno STDIN, 1;
                sysread STDIN, $read, 65536, length $read or exit;
                while (length $read >= 6 && length $read >= 6 + unpack 'x4n', $read) {
                    my ($number, $datagram) = unpack 'Nn/a*', $read;
                    substr $read, 0, 6 + length $datagram, '';
                    from($number, $datagram);
                }
            }
            """;

    /** Of those that were heard of last; a guest's process may have 1,024 files open. */
    private static final int MOST_CLIENTS = 500;

    private static final int LONGEST = (1 << 16) - 1;
    private static final int HEADER = Integer.BYTES + Short.BYTES;
    private static final int NOBODY = 0;
    private static final int TERM = 15;

    private final Instance instance;
    private final List<String> hosts;
    private final int port;
    private final DatagramSocket socket;
    private final ForwardTrouble trouble;
    /** By their addresses; guarded by itself. */
    private final Map<SocketAddress, Integer> clients = new LinkedHashMap<>(16, 0.75f, true);

    private int lastClient;
    private volatile @Nullable RunningCommand carrier;

    private DatagramForward(Instance instance, List<String> hosts, int port, DatagramSocket socket) {
        this.instance = instance;
        this.hosts = hosts;
        this.port = port;
        this.socket = socket;
        this.trouble = new ForwardTrouble(toString());
    }

    /**
     * Listens.
     *
     * @param hosts the addresses in the guest, in numbers, of which the first at which somebody listens is taken
     */
    static DatagramForward open(Instance instance, List<String> hosts, int port) {
        try {
            DatagramForward forward = new DatagramForward(
                    instance, hosts, port, new DatagramSocket(0, InetAddress.getByName("127.0.0.1")));
            DaemonThreads.start("forward-udp-" + instance.name() + "-" + port, forward::receiveUntilClosed);
            return forward;
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "No local UDP port could be opened for port " + port + " of '" + instance.name() + "': "
                            + e.getMessage(),
                    e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    private void receiveUntilClosed() {
        DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
        while (!socket.isClosed()) {
            try {
                packet.setLength(LONGEST);
                socket.receive(packet);
                send(packet);
            } catch (IncusStemcellException | IOException e) {
                lost(e);
            }
        }
    }

    private void send(DatagramPacket packet) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + packet.getLength())
                .putInt(client(packet.getSocketAddress()))
                .putShort((short) packet.getLength())
                .put(packet.getData(), packet.getOffset(), packet.getLength());
        RunningCommand command = carrier;
        if (command == null || !command.isAlive()) {
            command = start();
        }
        command.stdin().write(frame.array());
    }

    private int client(SocketAddress address) {
        synchronized (clients) {
            Integer known = clients.get(address);
            if (known != null) {
                return known;
            }
            if (clients.size() == MOST_CLIENTS) {
                clients.remove(clients.keySet().iterator().next());
            }
            clients.put(address, ++lastClient);
            return lastClient;
        }
    }

    /** The script goes by the environment: no message and no list of processes shall be full of it. */
    private RunningCommand start() {
        List<String> argv = new ArrayList<>(List.of("perl", "-e", "eval $ENV{CARRY}; die $@ if $@"));
        argv.addAll(List.of(Integer.toString(MOST_CLIENTS), Integer.toString(port)));
        argv.addAll(hosts);
        RunningCommand command =
                instance.start(Command.of(argv).environment("CARRY", CARRY).environment("LC_ALL", "C"));
        carrier = command;
        DaemonThreads.start("forward-udp-" + instance.name() + "-" + port + "-out", () -> answer(command));
        if (socket.isClosed()) {
            close();
        }
        return command;
    }

    /** Until the command ends, as it does where the guest is restarted. */
    private void answer(RunningCommand command) {
        try (command) {
            carryBack(new DataInputStream(new BufferedInputStream(command.stdout(), LONGEST)));
            throw ForwardedConnection.ended(command);
        } catch (IncusStemcellException | IOException e) {
            trouble.tell("was interrupted", e, socket.isClosed());
        }
    }

    private void carryBack(DataInputStream frames) throws IOException {
        byte[] bytes = new byte[LONGEST];
        while (true) {
            int client;
            int length;
            try {
                client = frames.readInt();
                length = frames.readUnsignedShort();
                frames.readFully(bytes, 0, length);
            } catch (EOFException e) {
                return;
            }
            if (client == NOBODY) {
                String why = new String(bytes, 0, length, StandardCharsets.UTF_8);
                lost(new IncusStemcellException("nobody listens there (" + why + ")"));
            } else {
                hand(client, bytes, length);
            }
        }
    }

    private void hand(int client, byte[] bytes, int length) throws IOException {
        trouble.isOver();
        Optional<SocketAddress> address;
        synchronized (clients) {
            address = clients.entrySet().stream()
                    .filter(known -> known.getValue() == client)
                    .map(Map.Entry::getKey)
                    .findFirst();
        }
        if (address.isPresent()) {
            socket.send(new DatagramPacket(bytes, length, address.get()));
        }
    }

    private void lost(Exception why) {
        trouble.tell("lost a datagram", why, socket.isClosed());
    }

    /** Ends what carries, too. */
    @Override
    public void close() {
        socket.close();
        try {
            RunningCommand command = carrier;
            if (command != null && command.isAlive()) {
                command.signal(TERM);
            }
        } catch (IncusStemcellException e) {
            LOG.debug("{} does not close", this, e);
        }
    }

    @Override
    public String toString() {
        return "The forward of UDP " + address().getAddress().getHostAddress() + ":" + socket.getLocalPort()
                + " to port " + port + " of '" + instance.name() + "'";
    }
}
