package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import okhttp3.OkHttpClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransportTest {

    private static final ClientIdentity IDENTITY = ClientIdentity.generate("test");
    private static final URI URL = URI.create("https://incus.example.org:8443");

    /** A silent network cuts no connection, and the daemon may be asked to wait for as long as it takes. */
    @ParameterizedTest
    @MethodSource
    void asksAFarDaemonNowAndThenWhetherItIsThereStill(OkHttpClient.Builder client) throws IOException {
        try (Socket socket = client.build().socketFactory().createSocket()) {
            assertThat(socket.getKeepAlive()).isTrue();
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(30);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(10);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(3);
        }
    }

    static Stream<OkHttpClient.Builder> asksAFarDaemonNowAndThenWhetherItIsThereStill() {
        Endpoint.Https pinned = (Endpoint.Https) Endpoint.https(URL, IDENTITY, IDENTITY.certificate());
        Endpoint vouchedFor = new Endpoint.Https(URL, IDENTITY, Optional.empty(), Optional.empty());
        return Stream.of(
                Transport.client(pinned),
                Transport.client(vouchedFor),
                Transport.client(pinned, new PinnedCertificate("the one that a token names")));
    }
}
