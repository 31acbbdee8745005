package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a member answers that relays calls to another one: a real cluster says each of these only where a member goes at that moment. */
@Timeout(60)
class MemberWatchTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unable to connect to: 10.0.0.2:8443 ([dial tcp 10.0.0.2:8443: i/o timeout])",
                "Get \"https://10.0.0.2:8443/1.0/x?project=p\": read tcp 10.0.0.1:5->10.0.0.2:8443: read: connection reset by peer",
                "Post \"https://10.0.0.2:8443/1.0/x\": EOF"
            })
    void knowsOfALostMemberByWhatTheRelaySays(String error) throws Exception {
        assertThat(failureBy(error))
                .isInstanceOf(MemberLostException.class)
                .hasMessageEndingWith("The member 'm2' of the cluster of " + socket() + " is lost: " + error);
    }

    @Test
    void takesNoOtherErrorForALoss() throws Exception {
        assertThat(failureBy("Failed to run \"Get https://x\": no")).isInstanceOf(IncusException.class);
    }

    private Path socket() {
        return folder.resolve("s");
    }

    private Throwable failureBy(String error) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
            Thread relay = new Thread(() -> answerAll(server, error.replace("\"", "\\\"")));
            relay.setDaemon(true);
            relay.start();
            try (Connection relayed = new Connection(Endpoint.unixSocket(socket()));
                    Connection member = relayed.toMember("m2")) {
                return catchThrowable(() -> member.ask(ApiRequest.get("x")));
            }
        }
    }

    private static void answerAll(ServerSocketChannel server, String error) {
        String body = "{\"type\":\"error\",\"error_code\":500,\"error\":\"" + error + "\"}";
        try {
            while (true) {
                try (SocketChannel client = server.accept();
                        BufferedSource source = Okio.buffer(Okio.source(Channels.newInputStream(client)));
                        BufferedSink sink = Okio.buffer(Okio.sink(Channels.newOutputStream(client)))) {
                    while (!source.readUtf8LineStrict().isEmpty()) {
                        // The request.
                    }
                    sink.writeUtf8("HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .flush();
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
