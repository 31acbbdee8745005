package io.github.incusstemcell.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                "fd12::1|[fd12::1]|true",
                "[fd12::1]|[fd12::1]|true",
                "[fd12::1]:5000|[fd12::1]:5000|true",
                "[fd12::1]:5000|[fd12::1]|false",
                "fd12:0:0::1|[fd12::1]|true",
                "1.2.3.4.5|ghcr.io|false",
                "my_mirror.example|my_mirror.example:5000|true",
                "mirror.example|my_mirror.example:5000|false",
                "none.example|localhost:5000|true",
                "none.example|127.0.0.1:5000|true",
                "none.example|[::1]:5000|true",
            })
    void heedsNoProxy(String noProxy, String host, boolean direct) {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://secure.example:3128", "NO_PROXY", noProxy);
        assertThat(select(environment, "https://" + host + "/v2/")).isEqualTo(direct ? Proxy.NO_PROXY : SECURE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy.example|HTTP|proxy.example|80|",
                "proxy.example:|HTTP|proxy.example|80|",
                " http://proxy.example:3128/ |HTTP|proxy.example|3128|",
                "HTTP://proxy.example:3128/path?query#fragment|HTTP|proxy.example|3128|",
                "http://my_proxy.example:3128|HTTP|my_proxy.example|3128|",
                "my_proxy:3128|HTTP|my_proxy|3128|",
                "http://[fd00::1]:3128|HTTP|fd00::1|3128|",
                "[::1]|HTTP|::1|80|",
                "http://10.0.0.1:3128|HTTP|10.0.0.1|3128|",
                "socks5://proxy.example|SOCKS|proxy.example|1080|",
                "socks5h://proxy.example:1081|SOCKS|proxy.example|1081|",
                "http://user@proxy.example|HTTP|proxy.example|80|user:",
                "user:pass@proxy.example:3128|HTTP|proxy.example|3128|user:pass",
                "http://user:pa#ss@proxy.example:3128|HTTP|proxy.example|3128|user:pa#ss",
                "http://user:12#3@proxy.example:3128|HTTP|proxy.example|3128|user:12#3",
                "http://user:pa?ss@proxy.example:3128/?x#y|HTTP|proxy.example|3128|user:pa?ss",
                "http://user:pa/ss@proxy.example:3128/|HTTP|proxy.example|3128|user:pa/ss",
                "http://user:p@ss@proxy.example:3128|HTTP|proxy.example|3128|user:p@ss",
                "http://user:a:b@proxy.example:3128|HTTP|proxy.example|3128|user:a:b",
                "http://user:100%@proxy.example:3128|HTTP|proxy.example|3128|user:100%",
                "http://us%40er:%zz%4%23%C3%BC@proxy.example:3128|HTTP|proxy.example|3128|us@er:%zz%4#ü",
                "http://proxy.example:3128/@path|HTTP|proxy.example|3128|",
            })
    void readsTheFormsThatGoAndCurlTake(String value, Proxy.Type type, String host, int port, String user) {
        ProxyAddress address = ProxyAddress.parse("HTTPS_PROXY", value);
        assertThat(address.proxy()).isEqualTo(new Proxy(type, InetSocketAddress.createUnresolved(host, port)));
        assertThat(address.user().map(u -> u.user() + ":" + u.secret())).isEqualTo(Optional.ofNullable(user));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://|it names no host",
                "http://user:secret@|it names no host",
                "http://:3128|it names no host",
                "http://user:secret@pro xy:3128|'pro xy' is no host",
                "http://user:secret@proxy.example:port|'port' is no port",
                "http://user:secret@proxy.example:0|'0' is no port",
                "http://user:secret@proxy.example:65536|'65536' is no port",
                "http://user:secret@proxy.example:123456|'123456' is no port",
                "ftp://user:secret@proxy.example|'ftp' is no scheme of a proxy that is supported, as http and socks5 are",
                "user:secret://proxy.example|what stands before its '://' is no scheme",
                "https://user:secret@proxy.example|a proxy that is itself spoken to by https is not supported; name its http"
                        + " address",
                "socks5://user:secret@proxy.example|a user and a password for a SOCKS proxy are not supported",
            })
    void namesASettingThatCannotBeUsed(String value, String problem) {
        for (String variable : List.of("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")) {
            assertThatThrownBy(() -> select(Map.of(variable, value), "https://ghcr.io/v2/"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the proxy in " + variable + " cannot be used: " + problem
                            + ". Write for example http://user:password@proxy.example:3128, or unset it")
                    .hasMessageNotContaining("secret");
        }
        assertThat(select(Map.of("HTTPS_PROXY", value, "NO_PROXY", "ghcr.io"), "https://ghcr.io/v2/"))
                .isEqualTo(Proxy.NO_PROXY);
    }

    @Test
    void readsAddressesOfAnyLength() {
        assertThat(ProxyAddress.parse("x", "u:" + "%".repeat(1_000_000) + "@proxy.example")
                        .host())
                .isEqualTo("proxy.example");
        assertThat(ProxyAddress.parse("x", "a.-_".repeat(1_000_000)).host()).hasSize(4_000_000);
    }

    private static Proxy select(Map<String, String> environment, String address) {
        return new EnvironmentProxies(environment).select(URI.create(address)).get(0);
    }
}
