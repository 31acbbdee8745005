package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pulls by way of a proxy, which is the one to be named where it is the one that fails. */
@Timeout(60)
class ProxiedPullTest {

    private static final byte[] LAYER = "a layer".getBytes();

    @TempDir
    Path folder;

    private FaultyRegistry proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = new FaultyRegistry();
        proxy.image("a", "1", List.of(LAYER), List.of());
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void tellsAProxyTheUserThatItsAddressHolds() throws IOException {
        String expected = "Basic " + Base64.getEncoder().encodeToString("user:p#ss%".getBytes());
        FaultyRegistry.Answer manifest = proxy.answer("/v2/a/manifests/1");
        proxy.on("/v2/a/manifests/1", exchange -> {
            if (expected.equals(exchange.getRequestHeaders().getFirst("Proxy-Authorization"))) {
                manifest.send(exchange);
            } else {
                refusing().send(exchange);
            }
        });
        assertThat(pull(Map.of("http_proxy", "http://user:p#ss%@" + proxy.host())))
                .isEqualTo(LAYER);
    }

    @Test
    void goesThroughTheProxyToAHostWithAnUnderscore() throws IOException {
        proxy.on(
                "/rootfs.tar", FaultyRegistry.whole(new TestTar().file("a", "x").bytes()));
        try (OciImages images = images(Map.of("HTTP_PROXY", proxy.host()))) {
            images.resolve(ImageReference.parse("rootfs:http://my_files.invalid/rootfs.tar"));
        }
        assertThat(proxy.seen().get(0).path()).isEqualTo("http://my_files.invalid/rootfs.tar");
    }

    @Test
    void namesTheProxyThatHasNoAddress() {
        assertThatThrownBy(() -> pull(Map.of("http_proxy", "http://user:secret@my_proxy.invalid:3128")))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessage(
                        "Cannot pull registry.invalid/a:1: the proxy my_proxy.invalid:3128, which http_proxy names, cannot be"
                                + " reached: its name is unknown (http://registry.invalid/v2/a/manifests/1). Correct the proxy, or list"
                                + " registry.invalid in NO_PROXY where none is needed.");
    }

    @Test
    void namesTheProxyThatRefusesConnections() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThatThrownBy(() -> pull(Map.of("ALL_PROXY", "127.0.0.1:" + port)))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageStartingWith("Cannot pull registry.invalid/a:1: the proxy 127.0.0.1:" + port
                        + ", which ALL_PROXY names, cannot be reached: Failed to connect to ");
        assertThatThrownBy(() -> pull(Map.of("ALL_PROXY", "socks5://127.0.0.1:" + port)))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("the proxy 127.0.0.1:" + port + ", which ALL_PROXY names, cannot be reached: ");
    }

    @Test
    void namesTheProxyThatWantsToKnowWhoAsks() {
        proxy.on("/v2/a/manifests/1", refusing());
        assertThatThrownBy(() -> pull(Map.of("http_proxy", proxy.host())))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageStartingWith(
                        "Cannot pull registry.invalid/a:1: the proxy " + proxy.host() + ", which http_proxy"
                                + " names, cannot be reached: HTTP 407, as it was told no user and no password (");
        assertThatThrownBy(() -> pull(Map.of("http_proxy", "http://user:secret@" + proxy.host())))
                .hasMessageContaining("HTTP 407, though it was told a user and a password (")
                .hasMessageNotContaining("secret");
    }

    @Test
    void namesTheProxyOfATunnelThatWantsToKnowWhoAsks() throws IOException {
        try (ServerSocket tunnels = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> refuseTunnels(tunnels));
            server.start();
            String address = "127.0.0.1:" + tunnels.getLocalPort();
            try (OciImages images = images(Map.of("https_proxy", "http://" + address))) {
                assertThatThrownBy(() -> images.resolve(ImageReference.parse("secure.invalid/a:1")))
                        .isInstanceOf(RegistryUnavailableException.class)
                        .hasMessageStartingWith(
                                "Cannot pull secure.invalid/a:1: the proxy " + address + ", which https_proxy"
                                        + " names, cannot be reached: HTTP 407, as it was told no user and no password (");
            }
        }
    }

    @Test
    void refusesAProxyThatCannotBeUsed() {
        assertThatThrownBy(() -> pull(Map.of("HTTP_PROXY", "ftp://user:secret@proxy.example")))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessage(
                        "Cannot pull registry.invalid/a:1: the proxy in HTTP_PROXY cannot be used: 'ftp' is no scheme of a"
                                + " proxy that is supported, as http and socks5 are. Write for example"
                                + " http://user:password@proxy.example:3128, or unset it.");
    }

    @Test
    void namesTheServerThatCannotBeReachedAfterARedirect() throws IOException {
        try (FaultyRegistry registry = new FaultyRegistry()) {
            registry.on(
                    "/v2/a/manifests/1",
                    FaultyRegistry.status(307, "Location", "http://storage.invalid/manifest?signature=secret"));
            try (OciImages images = registry.images(folder.resolve("cache"))) {
                assertThatThrownBy(() -> images.resolve(ImageReference.parse(registry.host() + "/a:1")))
                        .isInstanceOf(RegistryUnavailableException.class)
                        .hasMessage(
                                "Cannot pull %s/a:1: storage.invalid cannot be reached: its name is unknown"
                                        + " (http://storage.invalid/manifest). Check the name and the network; where a proxy is"
                                        + " needed, set HTTPS_PROXY.",
                                registry.host());
            }
        }
    }

    private static FaultyRegistry.Answer refusing() {
        return FaultyRegistry.status(407, "Proxy-Authenticate", "Basic realm=\"proxy\"");
    }

    private static void refuseTunnels(ServerSocket tunnels) {
        while (!tunnels.isClosed()) {
            try (Socket tunnel = tunnels.accept()) {
                tunnel.getInputStream().read(new byte[4096]);
                tunnel.getOutputStream()
                        .write(
                                ("HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n"
                                                + "Connection: close\r\n\r\n")
                                        .getBytes());
            } catch (IOException e) {
                if (!tunnels.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] pull(Map<String, String> environment) throws IOException {
        try (OciImages images = images(environment);
                InputStream in = images.resolve(ImageReference.parse("registry.invalid/a:1"))
                        .rootfs()
                        .open()) {
            return in.readAllBytes();
        }
    }

    private OciImages images(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("REGISTRY_AUTH_FILE", folder.resolve("none").toString());
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .insecureHost("registry.invalid")
                        .architecture("amd64")
                        .cacheFolder(folder.resolve("cache"))
                        .build())
                .patience(FaultyRegistry.IMPATIENT)
                .environment(all)
                .build();
    }
}
