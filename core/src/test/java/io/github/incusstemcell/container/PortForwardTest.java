package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.Waiting;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Connections to a guest that need no route to it. Servers in it are of perl: nothing else is in every stemcell. */
class PortForwardTest extends WithStemcell {

    /** Arguments: the address and the port to listen on, and what to do with each connection, which is then stdin and stdout. */
    private static final String SERVER = """
            use Socket;
            $SIG{CHLD} = 'IGNORE';
            socket(my $server, PF_INET, SOCK_STREAM, 0) or die $!;
            setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
            bind($server, sockaddr_in($ARGV[1], inet_aton($ARGV[0]))) or die $!;
            listen($server, 50) or die $!;
            print STDOUT "ready\\n"; close STDOUT;
            while (accept(my $client, $server)) {
                if (fork) { close $client; next }
                open STDIN, '<&', $client; open STDOUT, '>&', $client; close $client;
                eval $ARGV[2]; die $@ if $@; exit;
            }
            """;

    private static final String ECHO = "syswrite STDOUT, $part while sysread STDIN, $part, 65536";
    private static final String COUNT = "$sum += $count while $count = sysread STDIN, $part, 65536; print \"$sum\"";

    @Test
    void leadsToWhatStemcellsRunThemselves() throws IOException {
        try (Socket client = connect(22)) {
            assertThat(new String(client.getInputStream().readNBytes(8), StandardCharsets.US_ASCII))
                    .isEqualTo("SSH-2.0-");
        }
        assertThat(stemcell.forward(22)).isEqualTo(stemcell.forward(22));
        assertThat(stemcell.forward(22).getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void carriesManyConnectionsOfAllBytesAtOnce() throws Exception {
        serve("127.0.0.1", 7001, ECHO);
        List<CompletableFuture<byte[]>> echoes = new ArrayList<>();
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            byte[] bytes = new byte[2_000_000 + i];
            new Random(i).nextBytes(bytes);
            sent.add(bytes);
            echoes.add(later(() -> exchange(7001, bytes)));
        }
        for (int i = 0; i < sent.size(); i++) {
            assertThat(Waiting.on(echoes.get(i))).isEqualTo(sent.get(i));
        }
    }

    /** More than all buffers in between hold, both ways: neither waits for the other. */
    @Test
    void carriesMuch() throws Exception {
        serve("127.0.0.1", 7002, "print 'x' x 100_000 for 1..1000; " + COUNT);
        try (Socket client = connect(7002)) {
            CompletableFuture<Long> received = later(() -> count(client));
            byte[] part = new byte[1_000_000];
            for (int i = 0; i < 50; i++) {
                client.getOutputStream().write(part);
            }
            client.shutdownOutput();
            assertThat(Waiting.on(received)).isEqualTo(100_000_000 + "50000000".length());
        }
    }

    @Test
    void endsEachDirectionByItself() throws Exception {
        String endsFirst = "shutdown STDOUT, 1; " + COUNT.replace("print", "open my $f, '>', '/run/told'; print $f");
        serve("127.0.0.1", 7003, COUNT);
        serve("127.0.0.1", 7004, endsFirst);
        try (Socket client = connect(7004)) {
            assertThat(exchange(7003, new byte[123_456])).asString().isEqualTo("123456");

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.getOutputStream().write(new byte[4321]);
            client.shutdownOutput();
            stemcell.exec(Command.of("sh", "-c", "until [ -s /run/told ]; do sleep 0.01; done")
                            .timeout(Duration.ofSeconds(20)))
                    .requireSuccess();
            assertThat(stemcell.files().readString("/run/told")).isEqualTo("4321");
        }
    }

    @Test
    void reachesWhatListensOnTheGuestsAddressOnly() throws Exception {
        serve(stemcell.address().getHostAddress(), 7005, COUNT);
        assertThat(exchange(7005, new byte[7])).asString().isEqualTo("7");
    }

    @Test
    void breaksOffWhatNobodyAcceptsAndSaysWhy() {
        try (CapturedLog log = new CapturedLog()) {
            assertBroken(7999);
            assertBroken(7999);

            assertThat(log.lines("port 7999"))
                    .singleElement()
                    .asString()
                    .contains(" WARN ")
                    .contains(
                            "The forward of 127.0.0.1:" + stemcell.forward(7999).getPort() + " to port 7999 of '"
                                    + stemcell.name()
                                    + "' ended a connection: nobody accepts one there (127.0.0.1: connection refused,"
                                    + " ::1: ")
                    .endsWith(", " + stemcell.address().getHostAddress() + ": connection refused)");
        }
    }

    @Test
    void breaksOffWhatTheGuestBreaksOff() throws Exception {
        String reset = "setsockopt STDIN, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); close STDIN; close STDOUT";
        serve("127.0.0.1", 7006, "print 'gone'; $|=1; sysread STDIN, $part, 1; " + reset);
        try (Socket client = connect(7006)) {
            client.getOutputStream().write(1);
            assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void leavesNothingInTheGuestOfAClientThatLeft() throws Exception {
        serve("127.0.0.1", 7007, "print 'x' x 100_000 while 1");
        try (Socket client = connect(7007)) {
            client.getInputStream().readNBytes(1_000_000);
            client.setSoLinger(true, 0);
        }
        stemcell.exec(Command.of("sh", "-c", "while pgrep -f 'eval [$]ENV.* 7007'; do sleep 0.05; done")
                        .timeout(Duration.ofSeconds(20)))
                .requireSuccess();
    }

    @Test
    void goesOnBehindARestart() throws Exception {
        StemcellContainer closed;
        InetSocketAddress there;
        try (StemcellContainer own = stemcells.launch(
                TestMachine.spec().toBuilder().owner("PortForwardTest").build())) {
            closed = own;
            there = own.forward(22);
            try (CapturedLog log = new CapturedLog();
                    Socket before = new Socket()) {
                before.connect(there);
                before.getInputStream().readNBytes(8);
                own.stop();
                assertThatThrownBy(() -> before.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
                assertBroken(there);
                own.boot();
                assertThat(log.lines("ended a connection: "))
                        .anySatisfy(line -> assertThat(line).contains("is not running"));
            }
            try (Socket after = new Socket()) {
                after.connect(there);
                assertThat(after.getInputStream().readNBytes(8)).asString().isEqualTo("SSH-2.0-");
            }
        }
        assertThatThrownBy(() -> new Socket(there.getAddress(), there.getPort()))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> closed.forward(22)).hasMessageContaining("is closed");
    }

    @Test
    void refusesNumbersThatAreNoPorts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stemcell.forward(0))
                .withMessage("Not the number of a port, 1 to 65535: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> stemcell.forward(65_536));
    }

    private static void serve(String address, int port, String work) throws IOException {
        RunningCommand server = stemcell.start(Command.of("perl", "-e", SERVER, address, Integer.toString(port), work));
        assertThat(new String(server.stdout().readNBytes(6), StandardCharsets.US_ASCII))
                .isEqualTo("ready\n");
    }

    private static Socket connect(int port) throws IOException {
        InetSocketAddress there = stemcell.forward(port);
        return new Socket(there.getAddress(), there.getPort());
    }

    private static byte[] exchange(int port, byte[] bytes) throws Exception {
        try (Socket client = connect(port)) {
            CompletableFuture<byte[]> answer =
                    later(() -> client.getInputStream().readAllBytes());
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
            return Waiting.on(answer);
        }
    }

    private static long count(Socket client) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long all = 0;
        for (int count = client.getInputStream().read(buffer);
                count >= 0;
                count = client.getInputStream().read(buffer)) {
            all += count;
        }
        return all;
    }

    private static void assertBroken(int port) {
        assertBroken(stemcell.forward(port));
    }

    private static void assertBroken(InetSocketAddress there) {
        assertThatThrownBy(() -> {
                    try (Socket client = new Socket(there.getAddress(), there.getPort())) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    private static <T> CompletableFuture<T> later(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
