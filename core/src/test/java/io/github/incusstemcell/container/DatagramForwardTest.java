package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.RunningCommand;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Datagrams to a guest that need no route to it. Servers in it are of perl: nothing else is in every stemcell. */
class DatagramForwardTest extends WithStemcell {

    /** Arguments: the address and the port to listen on. Each datagram goes back with "re: " before it. */
    private static final String SERVER = """
            use Socket qw(:DEFAULT getaddrinfo);
            my ($error, $there) = getaddrinfo($ARGV[0], $ARGV[1], {socktype => SOCK_DGRAM});
            socket(my $server, $there->{family}, SOCK_DGRAM, 0) or die $!;
            bind($server, $there->{addr}) or die $!;
            print STDOUT "ready\\n"; close STDOUT;
            while (my $from = recv $server, my $datagram, 65536, 0) { send $server, "re: $datagram", 0, $from }
            """;

    @Test
    void carriesDatagramsOfAllBytesBothWays() throws IOException {
        serve("127.0.0.1", 7101);
        byte[] bytes = new byte[60_000];
        new Random(1).nextBytes(bytes);
        // Java sends no empty datagrams where the socket is connected.
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(20_000);
            for (byte[] datagram : List.of("hello".getBytes(StandardCharsets.UTF_8), new byte[0], bytes)) {
                client.send(new DatagramPacket(datagram, datagram.length, stemcell.forwardUdp(7101)));
                assertThat(received(client)).isEqualTo(answerTo(datagram));
            }
        }
        assertThat(stemcell.forwardUdp(7101)).isEqualTo(stemcell.forwardUdp(7101));
        assertThat(stemcell.forwardUdp(7101).getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void answersFindBackToEachOfManyClients() throws IOException {
        serve("127.0.0.1", 7102);
        List<DatagramSocket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 600; i++) {
                DatagramSocket client = connected(7102);
                clients.add(client);
                send(client, ("client " + i).getBytes(StandardCharsets.UTF_8));
                assertThat(received(client)).asString().isEqualTo("re: client " + i);
            }
            for (DatagramSocket client : List.of(clients.get(0), clients.get(599), clients.get(0))) {
                send(client, ("again " + clients.indexOf(client)).getBytes(StandardCharsets.UTF_8));
                assertThat(received(client)).asString().isEqualTo("re: again " + clients.indexOf(client));
            }
        } finally {
            clients.forEach(DatagramSocket::close);
        }
    }

    @Test
    void reachesWhatListensOnAnotherAddressOnly() throws IOException {
        serve(stemcell.address().getHostAddress(), 7103);
        try (DatagramSocket client = connected(7103)) {
            for (int i = 0; i < 50; i++) {
                send(client, new byte[] {1, (byte) i});
                assertThat(received(client)).isEqualTo(answerTo(new byte[] {1, (byte) i}));
            }
        }
    }

    @Test
    void saysOnceThatNobodyListensAndGoesOnOnceSomebodyDoes() throws Exception {
        try (CapturedLog log = new CapturedLog();
                DatagramSocket client = connected(7105)) {
            send(client, new byte[] {1});
            send(client, new byte[] {2});
            log.await("port 7105");
            serve("127.0.0.1", 7105);
            send(client, new byte[] {3});

            assertThat(received(client)).isEqualTo(answerTo(new byte[] {3}));
            assertThat(log.lines("port 7105"))
                    .singleElement()
                    .asString()
                    .contains(" WARN ")
                    .contains("The forward of UDP 127.0.0.1:"
                            + stemcell.forwardUdp(7105).getPort() + " to port 7105 of '" + stemcell.name()
                            + "' lost a datagram: nobody listens there (127.0.0.1: connection refused, ::1: ")
                    .endsWith(", " + stemcell.address().getHostAddress() + ": connection refused)");
        }
    }

    @Test
    void goesOnBehindARestartAndEndsWithTheContainer() throws Exception {
        InetSocketAddress there;
        StemcellContainer closed;
        try (StemcellContainer own = stemcells.launch(
                TestMachine.spec().toBuilder().owner("DatagramForwardTest").build())) {
            closed = own;
            there = own.forwardUdp(7106);
            try (DatagramSocket client = connected(there)) {
                serve(own, "127.0.0.1", 7106);
                send(client, new byte[] {1});
                assertThat(received(client)).isEqualTo(answerTo(new byte[] {1}));
                try (CapturedLog log = new CapturedLog()) {
                    own.stop();
                    log.await(" was interrupted: ");
                    send(client, new byte[] {2});
                    log.await(" lost a datagram: ");
                    assertThat(log.lines(" lost a datagram: "))
                            .singleElement()
                            .asString()
                            .contains("is not running");
                }
                own.boot();
                serve(own, "127.0.0.1", 7106);
                send(client, new byte[] {3});
                assertThat(received(client)).isEqualTo(answerTo(new byte[] {3}));
            }
        }
        try (DatagramSocket client = connected(there)) {
            assertThatThrownBy(() -> {
                        send(client, new byte[] {4});
                        received(client);
                    })
                    .isInstanceOf(PortUnreachableException.class);
        }
        assertThatThrownBy(() -> closed.forwardUdp(7106)).hasMessageContaining("is closed");
    }

    @Test
    void refusesNumbersThatAreNoPorts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stemcell.forwardUdp(0))
                .withMessage("Not the number of a port, 1 to 65535: 0");
    }

    private static void serve(String address, int port) throws IOException {
        serve(stemcell, address, port);
    }

    private static void serve(StemcellContainer on, String address, int port) throws IOException {
        RunningCommand server = on.start(Command.of("perl", "-e", SERVER, address, Integer.toString(port)));
        assertThat(new String(server.stdout().readNBytes(6), StandardCharsets.US_ASCII))
                .isEqualTo("ready\n");
    }

    private static DatagramSocket connected(int port) throws IOException {
        return connected(stemcell.forwardUdp(port));
    }

    private static DatagramSocket connected(InetSocketAddress there) throws IOException {
        DatagramSocket client = new DatagramSocket();
        client.setSoTimeout(20_000);
        client.connect(there);
        return client;
    }

    private static void send(DatagramSocket client, byte[] bytes) throws IOException {
        client.send(new DatagramPacket(bytes, bytes.length));
    }

    private static byte[] received(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static byte[] answerTo(byte[] datagram) {
        byte[] answer = Arrays.copyOf("re: ".getBytes(StandardCharsets.UTF_8), 4 + datagram.length);
        System.arraycopy(datagram, 0, answer, 4, datagram.length);
        return answer;
    }
}
