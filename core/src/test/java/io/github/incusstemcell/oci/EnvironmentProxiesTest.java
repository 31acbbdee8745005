package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProxiesTest {

    private static final Proxy SECURE =
            new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("secure.example", 3128));
    private static final Proxy PLAIN =
            new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("plain.example", 80));

    @Test
    void choosesByTheSchemeOfTheAddress() {
        Map<String, String> environment =
                Map.of("HTTPS_PROXY", "http://user:pw@secure.example:3128/", "HTTP_PROXY", "plain.example");
        assertThat(select(environment, "https://ghcr.io/v2/")).isEqualTo(SECURE);
        assertThat(select(environment, "http://ghcr.io/v2/")).isEqualTo(PLAIN);
        assertThat(select(Map.of("https_proxy", "secure.example:3128", "HTTPS_PROXY", "other"), "https://ghcr.io/"))
                .isEqualTo(SECURE);
        assertThat(select(Map.of("HTTP_PROXY", "plain.example"), "https://ghcr.io/"))
                .isEqualTo(Proxy.NO_PROXY);
        assertThat(select(Map.of("ALL_PROXY", "secure.example:3128"), "https://ghcr.io/"))
                .isEqualTo(SECURE);
        assertThat(select(Map.of("ALL_PROXY", "socks5://socks.example"), "https://ghcr.io/"))
                .isEqualTo(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("socks.example", 1080)));
    }

    @Test
    void leavesItToTheJvmWhereTheEnvironmentSaysNothing() {
        assertThat(select(Map.of("HTTPS_PROXY", " "), "https://ghcr.io/")).isEqualTo(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ghcr.io|ghcr.io|true",
                "ghcr.io|pkg.ghcr.io|true",
                "ghcr.io|notghcr.io|false",
                ".ghcr.io|pkg.ghcr.io|true",
                ".ghcr.io|ghcr.io|false",
                "*.ghcr.io|pkg.ghcr.io|true",
                "*|anything.example|true",
                "a.example, ghcr.io ,b.example|ghcr.io|true",
                "GHCR.IO|ghcr.io|true",
                "ghcr.io:5000|ghcr.io:5000|true",
                "ghcr.io:5000|ghcr.io|false",
                "ghcr.io:443|ghcr.io|true",
                "10.0.0.0/8|10.1.2.3|true",
                "10.0.0.0/8|11.1.2.3|false",
                "10.0.0.0/8|ten.example|false",
                "192.168.1.1|192.168.1.1|true",
                "fd00::/8|[fd12::1]|true",
                "none.example|localhost:5000|true",
                "none.example|127.0.0.1:5000|true",
                "none.example|[::1]:5000|true",
            })
    void heedsNoProxy(String noProxy, String host, boolean direct) {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://secure.example:3128", "NO_PROXY", noProxy);
        assertThat(select(environment, "https://" + host + "/v2/")).isEqualTo(direct ? Proxy.NO_PROXY : SECURE);
    }

    private static Proxy select(Map<String, String> environment, String address) {
        return new EnvironmentProxies(environment).select(URI.create(address)).get(0);
    }
}
