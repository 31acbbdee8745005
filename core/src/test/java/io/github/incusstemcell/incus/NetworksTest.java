package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a daemon that an interface vanishes from under, as it does now and then from a real one. */
class NetworksTest {

    private static final String VANISHED =
            "{\"type\":\"error\",\"error_code\":500,\"error\":\"Failed to delete bridge children"
                    + " interfaces: Failed to run: ip -d -j link show veth03bbb123: exit status 1 (Device \\\"veth03bbb123\\\" does not"
                    + " exist.)\"}";
    private static final String IN_USE =
            "{\"type\":\"error\",\"error_code\":400,\"error\":\"The network is currently in use\"}";
    private static final String DONE = "{\"type\":\"sync\",\"status_code\":200,\"metadata\":{}}";

    @TempDir
    private Path folder;

    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final List<SocketChannel> asked = new CopyOnWriteArrayList<>();
    private ServerSocketChannel server;
    private Connection connection;
    private Networks networks;

    @BeforeEach
    void listen() throws IOException {
        Path socket = folder.resolve("unix.socket");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        new Thread(this::serve).start();
        connection = new Connection(Endpoint.unixSocket(socket));
        networks = new Networks(new Api(connection, "default"));
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
        for (SocketChannel client : asked) {
            client.close();
        }
    }

    @Test
    void areDeletedThoughAnInterfaceVanishes() {
        answers.addAll(List.of(VANISHED, VANISHED, DONE));

        networks.delete("isp-1");

        assertThat(asked).hasSize(3);
    }

    @Test
    void areNotDeletedForEver() {
        answers.addAll(Collections.nCopies(11, VANISHED));

        assertThat(catchThrowable(() -> networks.delete("isp-1")))
                .isInstanceOf(IncusException.class)
                .hasMessageContaining("veth03bbb123");
        assertThat(asked).hasSize(10);
    }

    @Test
    void areAskedForOnceWhereItFailsForAnotherReason() {
        answers.add(IN_USE);

        assertThat(catchThrowable(() -> networks.delete("isp-1"))).hasMessageContaining("currently in use");
        assertThat(asked).hasSize(1);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                asked.add(client);
                client.read(ByteBuffer.allocate(4096));
                String answer = answers.remove();
                client.write(
                        ByteBuffer.wrap(("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer)
                                .getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
