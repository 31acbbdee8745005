package io.github.incusstemcell.incus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import jdk.net.ExtendedSocketOptions;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.newsclub.net.unix.AFSocketFactory;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** How bytes reach an endpoint. */
final class Transport {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private static final Map<SocketOption<Integer>, Integer> SECONDS_AND_COUNT = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 30,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    private Transport() {}

    static HttpUrl baseUrl(Endpoint endpoint) {
        if (endpoint instanceof Endpoint.Https https) {
            return HttpUrl.get(https.url()).newBuilder().encodedPath("/1.0").build();
        }
        return HttpUrl.get("http://incus/1.0");
    }

    static OkHttpClient.Builder client(Endpoint endpoint) {
        OkHttpClient.Builder builder = anyClient();
        if (endpoint instanceof Endpoint.UnixSocket unix) {
            overUnixSocket(builder, unix);
        } else if (endpoint instanceof Endpoint.Https https) {
            overTls(
                    builder,
                    https.identity(),
                    https.serverCertificate()
                            .map(PinnedCertificate::fingerprint)
                            .map(PinnedCertificate::new));
        }
        return builder;
    }

    static OkHttpClient.Builder client(Endpoint.Https endpoint, PinnedCertificate trusted) {
        OkHttpClient.Builder builder = anyClient();
        overTls(builder, endpoint.identity(), Optional.of(trusted));
        return builder;
    }

    private static OkHttpClient.Builder anyClient() {
        return new OkHttpClient.Builder()
                // WebSocket and SFTP upgrades exist in HTTP/1.1 only.
                .protocols(List.of(Protocol.HTTP_1_1))
                .socketFactory(new PreparedSockets(SocketFactory.getDefault(), Transport::keptAlive))
                .connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .retryOnConnectionFailure(false);
    }

    /**
     * @param pinned what is trusted; empty: a certificate that the JVM's own authorities vouch for, and that names the host
     */
    private static void overTls(
            OkHttpClient.Builder builder, ClientIdentity identity, Optional<PinnedCertificate> pinned) {
        try {
            X509TrustManager trusted = pinned.isPresent() ? pinned.get() : publicAuthorities();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity.keyManagers(), new TrustManager[] {trusted}, null);
            builder.sslSocketFactory(context.getSocketFactory(), trusted);
            pinned.ifPresent(certificate -> builder.hostnameVerifier((host, session) -> certificate.isOf(session)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM cannot use the client certificate " + identity, e);
        }
    }

    private static X509TrustManager publicAuthorities() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /** The limits are the daemon's business. */
    static Dispatcher dispatcher(ExecutorService threads) {
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        return dispatcher;
    }

    /**
     * By such a socket the kernel asks the other side, when it has been silent for half a minute, whether it is there still. A daemon that does
     * not answer for another half minute is out of reach, be it that the network was cut, or that something on the way has forgotten the
     * connection: then whoever waits for it is told. Where the system has no such options it asks in its own time, after two hours for
     * example.
     */
    private static Socket keptAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : SECONDS_AND_COUNT.entrySet()) {
            if (socket.supportedOptions().contains(option.getKey())) {
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return socket;
    }

    private static void overUnixSocket(OkHttpClient.Builder builder, Endpoint.UnixSocket endpoint) {
        // They are connected to this one address, whatever address they are told.
        SocketFactory sockets = new AFSocketFactory.FixedAddressSocketFactory(address(endpoint));
        builder.socketFactory(new PreparedSockets(sockets, UnixSocket::new))
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                .proxy(Proxy.NO_PROXY)
                // Connecting costs less than finding out whether the other side has hung up meanwhile.
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
    }

    private static AFUNIXSocketAddress address(Endpoint.UnixSocket endpoint) {
        try {
            return AFUNIXSocketAddress.of(endpoint.path());
        } catch (SocketException e) {
            throw new UncheckedIOException("Not the path of a socket: '" + endpoint.path() + "'", (IOException) e);
        }
    }
}
