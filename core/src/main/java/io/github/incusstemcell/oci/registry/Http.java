package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.internal.ThrowingSupplier;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to registries and other web servers: follows redirects without taking credentials along, and asks again
 * where a server says that it is only busy. A request that is tagged with {@link Credentials} is not redirected to another
 * origin at all.
 */
final class Http implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Http.class);
    private static final int MOST_REDIRECTS = 10;
    private static final String AUTHORIZATION = "Authorization";

    private final OkHttpClient client;
    private final RetryPolicy patience;
    private final Set<String> insecureHosts;
    private final EnvironmentProxies proxies;

    Http(RetryPolicy patience, Set<String> insecureHosts, EnvironmentProxies proxies) {
        this.patience = patience;
        this.insecureHosts = insecureHosts;
        this.proxies = proxies;
        this.client = new OkHttpClient.Builder()
                .connectTimeout(patience.connect())
                .readTimeout(patience.read())
                .writeTimeout(patience.read())
                .followRedirects(false)
                .connectionPool(new ConnectionPool())
                .proxySelector(proxies)
                .proxyAuthenticator(proxies)
                .build();
    }

    RetryPolicy patience() {
        return patience;
    }

    /** {@return whether plain http is spoken to this {@code host[:port]}} */
    boolean isInsecure(String host) {
        return insecureHosts.contains(host);
    }

    /** {@return the address of a path on a registry, which is spoken to by https unless configured otherwise} */
    HttpUrl url(String host, String path) {
        String address = (isInsecure(host) ? "http://" : "https://") + host + path;
        HttpUrl url = HttpUrl.parse(address);
        if (url == null) {
            throw new RegistryUnavailableException("Cannot ask " + host + ": " + address + " is not a valid address");
        }
        return url;
    }

    /**
     * Sends a request until it is answered by something other than 429 or 5xx, or patience ends; then the last answer is
     * given, whatever it is.
     *
     * @param purpose what the request is for, to start messages with, for example {@code Cannot pull x}
     * @return the answer to the last redirect; the caller closes it
     * @throws RegistryUnavailableException where there is no answer
     */
    Response send(Request request, String purpose) {
        for (int attempt = 1; ; attempt++) {
            Response response = withPatience(request.url(), purpose, () -> sendOnce(request, purpose));
            if (!isBusy(response.code()) || attempt >= patience.attempts()) {
                return response;
            }
            Duration pause = pauseAfter(attempt, response);
            LOG.info("{} answered {}; asking again in {} ms", request.url(), response.code(), pause.toMillis());
            response.close();
            pause(pause, purpose);
        }
    }

    /**
     * Does an exchange again where the connection breaks, as long as there is patience.
     *
     * @param exchange sends a request and gives what is read of its answer
     */
    <T> T withPatience(HttpUrl url, String purpose, ThrowingSupplier<T, IOException> exchange) {
        for (int attempt = 1; ; attempt++) {
            try {
                return exchange.get();
            } catch (IOException e) {
                HttpUrl at = e instanceof FailedAfterRedirectException failed ? failed.url : url;
                IOException cause = e instanceof FailedAfterRedirectException failed ? failed.failure : e;
                if (isFinal(cause) || attempt >= patience.attempts()) {
                    throw unavailable(purpose, at, cause);
                }
                LOG.info("{} failed ({}); asking again", withoutQuery(at), cause.toString());
                pause(patience.pauseAfter(attempt), purpose);
            }
        }
    }

    /** Sends a request once, following redirects. */
    Response sendOnce(Request request, String purpose) throws IOException {
        Request next = request;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Response response = execute(next, redirects > 0, purpose);
            String location = response.header("Location");
            if (!isRedirect(response.code()) || location == null) {
                return response;
            }
            response.close();
            next = redirected(next, response.code(), location, purpose);
        }
        throw new RegistryUnavailableException(
                purpose + ": " + request.url() + " redirected more than " + MOST_REDIRECTS + " times, at last to "
                        + withoutQuery(next.url()) + ". Check the address, and any proxy or mirror in between.");
    }

    /** Another server than the one that was asked first is the one to be named. */
    private static final class FailedAfterRedirectException extends IOException {
        private final HttpUrl url;
        private final IOException failure;

        FailedAfterRedirectException(HttpUrl url, IOException failure) {
            super(failure);
            this.url = url;
            this.failure = failure;
        }
    }

    private Response execute(Request request, boolean redirected, String purpose) throws IOException {
        try {
            return client(request.url(), purpose).newCall(request).execute();
        } catch (IOException e) {
            throw redirected ? new FailedAfterRedirectException(request.url(), e) : e;
        }
    }

    /** The library asks no selector for a host that java.net.URI does not take for one, such as one with an underscore. */
    private OkHttpClient client(HttpUrl url, String purpose) {
        try {
            List<Proxy> choice = proxies.select(url.uri());
            return choice.size() == 1 ? client.newBuilder().proxy(choice.get(0)).build() : client;
        } catch (IllegalArgumentException e) {
            throw new RegistryUnavailableException(purpose + ": " + e.getMessage() + ".", e);
        }
    }

    private Request redirected(Request request, int code, String location, String purpose) {
        HttpUrl target = request.url().resolve(location);
        if (target == null) {
            throw new RegistryUnavailableException(purpose + ": " + request.url() + " redirected to '" + location
                    + "', which is no http address. Check the address, and any proxy or mirror in between.");
        }
        boolean leaves = !sameOrigin(request.url(), target);
        if (leaves) {
            requireNoCredentials(request, target, purpose);
        }
        if (request.isHttps() && !target.isHttps() && !isInsecure(hostOf(target))) {
            throw new RegistryUnavailableException(purpose + ": " + request.url() + " redirected to plain http, to "
                    + withoutQuery(target) + ". Where that is meant, list " + hostOf(target)
                    + " in incus.stemcell.registry.insecure.");
        }
        Request.Builder redirected = request.newBuilder().url(target);
        if (leaves) {
            // Blobs are mostly stored elsewhere, behind signed addresses; credentials are for the registry alone.
            redirected.removeHeader(AUTHORIZATION);
        }
        if (code == 303) {
            redirected.get(); // RFC 9110, 15.4.4
        }
        return redirected.build();
    }

    /** A request that is nothing but a way to show credentials is not for anybody else, nor of any use without them. */
    private static void requireNoCredentials(Request request, HttpUrl target, String purpose) {
        Credentials shown = request.tag(Credentials.class);
        if (shown != null) {
            throw new RegistryAuthenticationException(
                    purpose + ": " + withoutQuery(request.url())
                            + " redirected the request for a token to " + withoutQuery(target)
                            + ", another server. The request has "
                            + shown + ", which is for " + hostOf(request.url())
                            + " alone, so it was not sent there. Ask those who run the registry for the address of its tokens.");
        }
    }

    /** {@return an address for messages: its query may be a secret, such as a signature} */
    static HttpUrl withoutQuery(HttpUrl url) {
        return url.newBuilder().query(null).build();
    }

    /** Waits before the next attempt. */
    void pause(Duration pause, String purpose) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException(purpose + ": interrupted while waiting for the server", e);
        }
    }

    /** The pause that the answer asks for, else the usual one; never longer than patience allows. */
    private Duration pauseAfter(int attempt, Response response) {
        Duration asked = retryAfter(response.header("Retry-After"));
        Duration pause = asked == null ? patience.pauseAfter(attempt) : asked;
        return pause.compareTo(patience.longestPause()) > 0 ? patience.longestPause() : pause;
    }

    /** RFC 9110, 10.2.3: seconds or a date. Null where there is none that makes sense. */
    private static @Nullable Duration retryAfter(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            if (header.matches("[0-9]{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(header));
            }
            Duration until = Duration.between(
                    Instant.now(),
                    ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static boolean isBusy(int code) {
        return code == 429 || code == 500 || code == 502 || code == 503 || code == 504;
    }

    /** Whether asking again at once would give the same: nobody there, or nobody we can trust. */
    private static boolean isFinal(IOException e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException
                || e instanceof EnvironmentProxies.RefusedException
                || e instanceof SSLException;
    }

    private RegistryUnavailableException unavailable(String purpose, HttpUrl url, IOException e) {
        String host = hostOf(url);
        String cause = e instanceof UnknownHostException ? "its name is unknown" : reason(e);
        Optional<String> proxy = proxies.describe(url);
        String what = proxy.map(p -> isOfTheProxy(e) ? p + "," : host + " by way of " + p + ",")
                .orElse(host);
        return new RegistryUnavailableException(
                purpose + ": " + what + " cannot be reached: " + cause + " (" + withoutQuery(url) + "). "
                        + remedy(host, proxy.isPresent(), e),
                e);
    }

    /** Where there is a proxy, it alone is looked up and connected to. */
    private static boolean isOfTheProxy(IOException e) {
        return e instanceof UnknownHostException
                || e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof EnvironmentProxies.RefusedException;
    }

    private static String remedy(String host, boolean proxied, IOException e) {
        if (e instanceof SSLException) {
            return "If it speaks plain http, list " + host
                    + " in incus.stemcell.registry.insecure; if its certificate is of"
                    + " an authority of your own, add that to the truststore of the JVM.";
        }
        return proxied
                ? "Correct the proxy, or list " + host + " in NO_PROXY where none is needed."
                : "Check the name and the network; where a proxy is needed, set HTTPS_PROXY.";
    }

    static String reason(IOException e) {
        if (e instanceof InterruptedIOException) {
            return "no answer in time";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** {@code host:port}, or {@code host} where the port is the usual one. */
    static String hostOf(HttpUrl url) {
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? url.host() : url.host() + ":" + url.port();
    }

    static boolean sameOrigin(HttpUrl one, HttpUrl other) {
        return one.scheme().equals(other.scheme()) && one.host().equals(other.host()) && one.port() == other.port();
    }

    private static boolean isRedirect(int code) {
        return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
