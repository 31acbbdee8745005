package io.github.incusstemcell.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.internal.ThrowingFunction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The agent's message bus over HTTPS: bosh-agent's {@code mbus/https_handler.go}. Trusts the one certificate of the agent's settings. */
final class Mbus {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int UNAUTHORIZED = 401;

    private final String machine;
    private final IntFunction<InetSocketAddress> reach;
    private final AgentSettings.Bus bus;
    private final String authorization;
    private final OkHttpClient client;

    Mbus(String machine, IntFunction<InetSocketAddress> reach, AgentSettings.Bus bus) {
        this.machine = machine;
        this.reach = reach;
        this.bus = bus;
        int colon = Math.max(0, bus.authorization().indexOf(':'));
        this.authorization = Credentials.basic(
                bus.authorization().substring(0, colon),
                bus.authorization().substring(Math.min(bus.authorization().length(), colon + 1)),
                StandardCharsets.UTF_8);
        this.client = client(bus.certificate());
    }

    private static OkHttpClient client(X509Certificate certificate) {
        try {
            Pinned trust = new Pinned(certificate);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return new OkHttpClient.Builder()
                    .protocols(List.of(Protocol.HTTP_1_1))
                    .proxy(java.net.Proxy.NO_PROXY)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .sslSocketFactory(context.getSocketFactory(), trust)
                    // That it is this very certificate says more than a name in it would.
                    .hostnameVerifier((host, session) -> true)
                    .followRedirects(false)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JVM has TLS", e);
        }
    }

    /** Trust in one certificate, which nobody else has signed. */
    private record Pinned(X509Certificate certificate) implements X509TrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            if (!chain[0].equals(certificate)) {
                throw new CertificateException("it shows a certificate of '" + chain[0].getSubjectX500Principal()
                        + "', which is not the one in the settings that it was given");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("This is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** No answer to a request, or none that an agent gives to those who may ask. */
    static final class NoAnswerException extends IOException {

        NoAnswerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** An answer that is none: what a sentence ends with that begins with the agent. */
    private static final class UnexpectedAnswerException extends IOException {

        UnexpectedAnswerException(String message) {
            super(message);
        }
    }

    /**
     * What came of a message: {@code value}, or else {@code exception}.
     *
     * @param value what was answered; missing where there is an exception
     * @param exception in the agent's words
     */
    record Reply(JsonNode value, Optional<String> exception) {}

    Reply send(String method, Duration limit, Object... arguments) throws NoAnswerException {
        String message = Json.object()
                .put("method", method)
                .put("reply_to", "incus-stemcell")
                // From 3 on, "stop" is answered when all is stopped.
                .put("protocol", 3)
                .set("arguments", Json.array(Arrays.asList(arguments)))
                .toString();
        Request.Builder request = request("/agent").post(RequestBody.create(message, JSON));
        return exchange(request, limit, response -> reply(response.body().string()));
    }

    private static Reply reply(String body) throws IOException {
        try {
            JsonNode reply = Json.read(body);
            return new Reply(
                    reply.path("value"),
                    reply.has("exception")
                            ? Optional.of(reply.at("/exception/message").asText())
                            : Optional.empty());
        } catch (JsonProcessingException e) {
            throw new UnexpectedAnswerException("answers with something else than JSON: " + body);
        }
    }

    void put(String blob, byte[] content, Duration limit) throws NoAnswerException {
        exchange(request("/blobs/" + blob).put(RequestBody.create(content, BYTES)), limit, Response::code);
    }

    byte[] get(String blob, Duration limit) throws NoAnswerException {
        return exchange(
                request("/blobs/" + blob), limit, response -> response.body().bytes());
    }

    private Request.Builder request(String path) {
        InetSocketAddress there = reach.apply(bus.port());
        return new Request.Builder()
                .url(new HttpUrl.Builder()
                        .scheme("https")
                        .host(there.getAddress().getHostAddress())
                        .port(there.getPort())
                        .encodedPath(path)
                        .build())
                .header("Authorization", authorization);
    }

    private static final Duration LEAST = Duration.ofMillis(10);

    private <T> T exchange(Request.Builder request, Duration left, ThrowingFunction<Response, T, IOException> reader)
            throws NoAnswerException {
        // None at all would be no limit.
        Duration limit = left.compareTo(LEAST) < 0 ? LEAST : left;
        Request asked = request.build();
        OkHttpClient bounded = client.newBuilder()
                .readTimeout(limit)
                .writeTimeout(limit)
                .callTimeout(limit)
                .build();
        try (Response response = bounded.newCall(asked).execute()) {
            if (response.code() == UNAUTHORIZED) {
                throw new UnexpectedAnswerException(
                        "refuses the user and the password of the settings that it was given");
            }
            if (!response.isSuccessful()) {
                throw new UnexpectedAnswerException("answers " + asked.method() + " "
                        + asked.url().encodedPath() + " with status " + response.code() + " "
                        + response.body().string().strip());
            }
            return reader.apply(response);
        } catch (IOException e) {
            throw new NoAnswerException(
                    "the agent of '" + machine + "' on " + asked.url().host() + ":"
                            + asked.url().port() + " " + reason(e),
                    e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof SSLException && e.getCause() instanceof CertificateException untrusted) {
            return "is not to be trusted: " + untrusted.getMessage();
        }
        return e instanceof UnexpectedAnswerException
                ? String.valueOf(e.getMessage())
                : "does not answer: " + e.getMessage();
    }
}
