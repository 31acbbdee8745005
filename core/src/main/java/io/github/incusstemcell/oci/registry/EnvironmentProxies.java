package io.github.incusstemcell.oci.registry;

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
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Proxies as the environment names them, the way curl, Docker and Go programs read it: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, each in lower case, too, which wins. Where none is set, the JVM's
 * own configuration decides.
 */
final class EnvironmentProxies extends ProxySelector implements Authenticator {

    /** A proxy wants to know who asks, and is not told to its content. */
    static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }

    private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";
    /** The scheme of a challenge that the library makes up to ask before the proxy does. */
    private static final String PREEMPTIVE = "OkHttp-Preemptive";

    private final Map<String, String> environment;
    private final ProxySelector jvm;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
        this.jvm = ProxySelector.getDefault();
    }

    /**
     * Chooses a proxy.
     *
     * @throws IllegalArgumentException where the environment names one that cannot be used; the message names the variable
     */
    @Override
    public List<Proxy> select(URI uri) {
        if (!isSet()) {
            return jvm == null ? List.of(Proxy.NO_PROXY) : jvm.select(uri);
        }
        return List.of(address(uri).map(ProxyAddress::proxy).orElse(Proxy.NO_PROXY));
    }

    /** {@return the proxy by which an address is reached, and where it is configured, for messages; nothing where there is none} */
    Optional<String> describe(HttpUrl url) {
        if (isSet()) {
            return address(url.uri()).map(address -> "the proxy " + address);
        }
        return select(url.uri()).stream()
                .filter(proxy -> proxy.address() instanceof InetSocketAddress)
                .findFirst()
                .map(proxy -> (InetSocketAddress) proxy.address())
                .map(at -> "the proxy " + at.getHostString() + ":" + at.getPort()
                        + ", which the JVM is configured to use");
    }

    private boolean isSet() {
        return variable("https_proxy")
                .or(() -> variable("http_proxy"))
                .or(() -> variable("all_proxy"))
                .isPresent();
    }

    private Optional<ProxyAddress> address(URI uri) {
        HttpUrl url = HttpUrl.get(uri);
        if (url == null || isExempt(url)) {
            return Optional.empty();
        }
        return variable(url.isHttps() ? "https_proxy" : "http_proxy")
                .or(() -> variable("all_proxy"))
                .map(variable -> ProxyAddress.parse(variable.name(), variable.value()));
    }

    private boolean isExempt(HttpUrl url) {
        return isLoopback(url.host()) || noProxy().stream().anyMatch(pattern -> matches(pattern, url));
    }

    private List<String> noProxy() {
        List<String> patterns = new ArrayList<>();
        for (String part : variable("no_proxy").map(Variable::value).orElse("").split("[,\\s]+")) {
            if (!part.isEmpty()) {
                patterns.add(part.toLowerCase(Locale.ROOT));
            }
        }
        return patterns;
    }

    /** {@code example.com} also means everything below it; {@code .example.com} and {@code *.example.com} only that. */
    private static boolean matches(String pattern, HttpUrl url) {
        if (pattern.equals("*")) {
            return true;
        }
        if (pattern.contains("/")) {
            return AddressBlock.parse(pattern)
                    .map(block -> block.contains(url.host()))
                    .orElse(false);
        }
        int colon = pattern.lastIndexOf(':');
        // An IPv6 address has more than one colon, and a port only behind brackets.
        boolean hasPort = colon > 0 && (pattern.indexOf(':') == colon || pattern.charAt(colon - 1) == ']');
        if (hasPort && !pattern.substring(colon + 1).equals(String.valueOf(url.port()))) {
            return false;
        }
        String name = hasPort ? pattern.substring(0, colon) : pattern;
        return AddressBlock.single(name)
                .map(address -> address.contains(url.host()))
                .orElseGet(() -> isBelow(name.startsWith("*.") ? name.substring(1) : name, url.host()));
    }

    private static boolean isBelow(String name, String host) {
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.[0-9]+){3}")
                || host.equals("::1");
    }

    /** A variable as it is set, which may have a password in it. */
    private record Variable(String name, String value) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** An empty variable counts as none, as elsewhere. */
    private Optional<Variable> variable(String lowerCase) {
        String name = environment.containsKey(lowerCase) ? lowerCase : lowerCase.toUpperCase(Locale.ROOT);
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .map(value -> new Variable(name, value));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // There is only ever one proxy to choose, so nothing is learned from its failure.
    }

    /** Answers a proxy that asks for the user and password which its address holds. */
    @Override
    public @Nullable Request authenticate(@Nullable Route route, Response response) throws RefusedException {
        Optional<Credentials> user = address(response.request().url().uri()).flatMap(ProxyAddress::user);
        boolean preemptive = response.challenges().stream()
                .anyMatch(challenge -> challenge.scheme().equalsIgnoreCase(PREEMPTIVE));
        if (user.isPresent() && response.request().header(PROXY_AUTHORIZATION) == null) {
            return response.request()
                    .newBuilder()
                    .header(PROXY_AUTHORIZATION, user.get().basic())
                    .build();
        }
        if (preemptive) {
            return null;
        }
        throw new RefusedException(
                user.isPresent()
                        ? "HTTP 407, though it was told a user and a password"
                        : "HTTP 407, as it was told no user and no password");
    }
}
