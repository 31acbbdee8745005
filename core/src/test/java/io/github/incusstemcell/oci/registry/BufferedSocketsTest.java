package io.github.incusstemcell.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BufferedSocketsTest {

    /** As TLS is spoken to a server over a connection on which a proxy has answered. */
    @Test
    void whoReadsOnGetsWhatHasComeWithTheFirstBytes() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new BufferedSockets().createSocket()) {
            socket.connect(server.getLocalSocketAddress());
            try (Socket other = server.accept()) {
                other.getOutputStream().write("proxy server".getBytes(StandardCharsets.US_ASCII));
            }

            assertThat(socket.getInputStream().readNBytes(6)).asString().isEqualTo("proxy ");
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("server");
        }
    }
}
