package io.github.incusstemcell.oci;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;

/**
 * Proxies as the environment names them, the way curl, Docker and Go programs read it: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, each in lower case, too, which wins. Where none is set, the JVM's
 * own configuration decides.
 */
final class EnvironmentProxies extends ProxySelector implements Authenticator {

    private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

    private final Map<String, String> environment;
    private final ProxySelector jvm;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
        this.jvm = ProxySelector.getDefault();
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (variable("https_proxy")
                .or(() -> variable("http_proxy"))
                .or(() -> variable("all_proxy"))
                .isEmpty()) {
            return jvm == null ? List.of(Proxy.NO_PROXY) : jvm.select(uri);
        }
        return List.of(proxyUrl(uri).map(EnvironmentProxies::proxy).orElse(Proxy.NO_PROXY));
    }

    private Optional<URI> proxyUrl(URI uri) {
        if (isExempt(uri)) {
            return Optional.empty();
        }
        String own = uri.getScheme().equals("https") ? "https_proxy" : "http_proxy";
        return variable(own).or(() -> variable("all_proxy")).map(EnvironmentProxies::withScheme);
    }

    private static URI withScheme(String address) {
        return URI.create(address.contains("://") ? address : "http://" + address);
    }

    private static Proxy proxy(URI address) {
        boolean socks = address.getScheme().startsWith("socks");
        int port = address.getPort() >= 0 ? address.getPort() : socks ? 1080 : 80;
        // Unresolved, because OkHttp resolves it itself, and again when it fails.
        return new Proxy(
                socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                InetSocketAddress.createUnresolved(address.getHost(), port));
    }

    private boolean isExempt(URI uri) {
        // URI does not take a name with an underscore for a host.
        String host = (uri.getHost() == null ? uri.getAuthority() : uri.getHost()).toLowerCase(Locale.ROOT);
        if (isLoopback(host)) {
            return true;
        }
        for (String pattern : noProxy()) {
            if (pattern.equals("*") || matches(pattern, host, port(uri))) {
                return true;
            }
        }
        return false;
    }

    private static int port(URI uri) {
        int usual = uri.getScheme().equals("https") ? 443 : 80;
        return uri.getPort() < 0 ? usual : uri.getPort();
    }

    private List<String> noProxy() {
        List<String> patterns = new ArrayList<>();
        for (String part : variable("no_proxy").orElse("").split("[,\\s]+")) {
            if (!part.isEmpty()) {
                patterns.add(part.toLowerCase(Locale.ROOT));
            }
        }
        return patterns;
    }

    /** {@code example.com} also means everything below it; {@code .example.com} and {@code *.example.com} only that. */
    private static boolean matches(String pattern, String host, int port) {
        if (pattern.contains("/")) {
            return AddressBlock.parse(pattern)
                    .map(block -> block.contains(host))
                    .orElse(false);
        }
        String name = pattern;
        int colon = pattern.lastIndexOf(':');
        if (colon > 0 && pattern.indexOf(':') == colon) {
            if (!pattern.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = pattern.substring(0, colon);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.[0-9]+){3}")
                || host.equals("[::1]");
    }

    /** An empty variable counts as none, as elsewhere. */
    private Optional<String> variable(String lowerCase) {
        return Optional.ofNullable(environment.get(lowerCase))
                .or(() -> Optional.ofNullable(environment.get(lowerCase.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // There is only ever one proxy to choose, so nothing is learned from its failure.
    }

    /** Answers a proxy that asks for the user and password which its address holds. */
    @Override
    public Request authenticate(Route route, Response response) {
        HttpUrl url = response.request().url();
        Optional<String> userInfo = proxyUrl(url.uri()).map(URI::getUserInfo);
        if (userInfo.isEmpty() || response.request().header(PROXY_AUTHORIZATION) != null) {
            return null;
        }
        String[] user = userInfo.get().split(":", 2);
        return response.request()
                .newBuilder()
                .header(PROXY_AUTHORIZATION, Credentials.basic(user[0], user.length > 1 ? user[1] : ""))
                .build();
    }
}
