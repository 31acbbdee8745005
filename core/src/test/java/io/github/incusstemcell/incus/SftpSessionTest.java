package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a daemon that lets a session begin and then says nothing, as one does that is halted at that moment. */
class SftpSessionTest {

    private static final String ANSWER =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: sftp\r\nConnection: Upgrade\r\n\r\n";

    private final List<SocketChannel> asked = new CopyOnWriteArrayList<>();

    @Test
    void isNotAwaitedForEver(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("unix.socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Connection connection = new Connection(Endpoint.unixSocket(socket))) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread daemon = new Thread(() -> serve(server));
            daemon.start();

            Throwable thrown =
                    catchThrowable(() -> SftpSession.open(new Api(connection, "default"), "c", Duration.ofSeconds(1)));

            assertThat(thrown)
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Incus opened no session for the files of instance 'c' within 1 s;"
                            + " is the daemon busy with the instance?");
            assertThat(asked).hasSize(1);
        } finally {
            for (SocketChannel client : asked) {
                client.close();
            }
        }
    }

    private void serve(ServerSocketChannel server) {
        try {
            while (true) {
                SocketChannel client = server.accept();
                asked.add(client);
                client.read(ByteBuffer.allocate(4096));
                client.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
