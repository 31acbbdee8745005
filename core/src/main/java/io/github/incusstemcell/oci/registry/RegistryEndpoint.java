package io.github.incusstemcell.oci.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.InterruptibleLock;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** One repository on one host, a registry or a mirror of it, and how we are known there. */
public final class RegistryEndpoint {

    /** In bytes; the distribution spec asks registries for 4 MiB. */
    public static final int LARGEST_MANIFEST = 4 << 20;

    private static final String CHALLENGE = "WWW-Authenticate";
    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(?:manifests|blobs)/[^/]+");

    private final Http http;
    private final String host;
    private final String repository;
    private final CredentialFiles credentials;
    private final InterruptibleLock turn = new InterruptibleLock();
    /** Null until somebody asked. */
    private @Nullable Optional<Credentials> known;

    private volatile Authorization authorization = Authorization.NONE;
    /** Registries that this one redirects to and that want to know us, too, by their hosts and repositories. */
    private final Map<String, RegistryEndpoint> others = new ConcurrentHashMap<>();

    RegistryEndpoint(Http http, String host, String repository, CredentialFiles credentials) {
        this.http = http;
        this.host = host;
        this.repository = repository;
        this.credentials = credentials;
    }

    /**
     * As whom we ask.
     *
     * @param header null where nobody asked who we are
     * @param known whether credentials were shown for it
     */
    private record Authorization(@Nullable String header, boolean known) {

        static final Authorization NONE = new Authorization(null, false);

        Request on(Request request) {
            return header == null
                    ? request
                    : request.newBuilder().header("Authorization", header).build();
        }

        /** Without the token or password. */
        @Override
        public String toString() {
            return "Authorization[known=" + known + "]";
        }
    }

    Http http() {
        return http;
    }

    public String host() {
        return host;
    }

    String repository() {
        return repository;
    }

    /**
     * Reads a manifest.
     *
     * @param target a tag or a digest
     * @param expected what it must have, where that is known
     * @param image its name, for messages
     */
    public byte[] manifest(String target, Optional<Digest> expected, String image) {
        return new ManifestPull(this, image).pull(target, expected);
    }

    /**
     * Completes a file that may hold the beginning of a blob, verified.
     *
     * @param image the name of the image, for messages
     * @param copies what gets the bytes, too: one for each beginning
     * @return the one that got all of them
     */
    public <T extends OutputStream> T blob(
            Digest digest, long size, String image, Path file, Supplier<T> copies, Progress progress)
            throws IOException {
        return new BlobPull(this, digest, size, image).into(file, copies, progress);
    }

    /** {@return the address of {@code manifests/x}, {@code blobs/x} or the like in this repository} */
    HttpUrl url(String path) {
        // The registry that is called docker.io everywhere is served from another name.
        String server = host.equals("docker.io") ? "registry-1.docker.io" : host;
        return http.url(server, "/v2/" + repository + "/" + path);
    }

    /**
     * Sends a request, and where the registry wants to know who asks, sends it again with a token or a password. A registry
     * that it redirects to, and that wants to know that, too, is told who we are there.
     *
     * @return any answer but 401 and 403; the caller closes it
     * @throws RegistryAuthenticationException where the registry goes on refusing
     */
    Response send(Request request, String purpose) {
        Response response = sendKnown(request, purpose);
        HttpUrl answered = response.request().url();
        if (response.code() != 401 && response.code() != 403) {
            return response;
        }
        if (Http.sameOrigin(answered, request.url())) {
            throw refused(response, authorization.known(), purpose);
        }
        RegistryEndpoint other = others.computeIfAbsent(
                Http.hostOf(answered) + " " + repository(answered),
                key -> new RegistryEndpoint(http, Http.hostOf(answered), repository(answered), credentials));
        if (response.code() == 403) {
            throw other.refused(response, false, purpose);
        }
        response.close();
        return other.sendRedirected(request.newBuilder().url(answered).build(), purpose);
    }

    /** Sends a request that came here by a redirect; whoever else this one redirects to has to let everybody in. */
    private Response sendRedirected(Request request, String purpose) {
        Response response = sendKnown(request, purpose);
        if (response.code() == 401 || response.code() == 403) {
            boolean here = Http.sameOrigin(response.request().url(), request.url());
            throw refused(response, here && authorization.known(), purpose);
        }
        return response;
    }

    private Response sendKnown(Request request, String purpose) {
        Authorization sentWith = authorization;
        Response response = http.send(sentWith.on(request), purpose);
        if (response.code() == 401 && Http.sameOrigin(response.request().url(), request.url())) {
            authorize(response, sentWith, purpose);
            return http.send(authorized(request), purpose);
        }
        return response;
    }

    /** {@return the request as we are known by now} */
    Request authorized(Request request) {
        return authorization.on(request);
    }

    /** {@return the repository that an address is in; nothing where it is no address of the distribution spec} */
    private static String repository(HttpUrl url) {
        Matcher path = PATH.matcher(url.encodedPath());
        return path.matches() ? path.group(1) : "";
    }

    /** Blobs are fetched in parallel: whoever is refused first gets a token for all. */
    private void authorize(Response response, Authorization sentWith, String purpose) {
        try (response) {
            authorization = turn.with(
                    "a token for " + host,
                    () -> sentWith.equals(authorization)
                            ? Challenge.parse(response.headers(CHALLENGE))
                                    .flatMap(challenge -> answer(challenge, purpose))
                                    .orElseThrow(() -> refused(response, sentWith.known(), purpose))
                            : authorization);
        }
    }

    /** Looked for once, and not before somebody asks: it may start a program. */
    private Optional<Credentials> credentials() {
        return turn.with("the credentials for " + host, () -> {
            Optional<Credentials> found = known == null ? credentials.find(host, repository) : known;
            known = found;
            return found;
        });
    }

    private Optional<Authorization> answer(Challenge challenge, String purpose) {
        Optional<Credentials> mine = credentials();
        if (challenge.isBearer()) {
            String token = new TokenRequest(this, challenge, mine, purpose).send();
            return Optional.of(new Authorization("Bearer " + token, mine.isPresent()));
        }
        return mine.filter(k -> !k.isIdentityToken()).map(k -> new Authorization(k.basic(), true));
    }

    /**
     * Closes the response.
     *
     * @param sent whether the request had credentials, or what was got for them
     */
    RegistryAuthenticationException refused(Response response, boolean sent, String purpose) {
        String next;
        if (credentials().isEmpty()) {
            next = "No credentials for " + host + " were found in " + credentials.places()
                    + ". Where the image is private, run 'docker login " + host + "' or 'podman login " + host
                    + "'; where it is public, check its name.";
        } else if (sent) {
            next = "Credentials for " + host + " were found and sent; check that they are right and may pull.";
        } else {
            next = "Credentials for " + host + " were found, but not sent: " + whyNotSent(response);
        }
        return new RegistryAuthenticationException(
                purpose + ": " + Http.hostOf(response.request().url()) + " refused: " + answer(response) + ". " + next);
    }

    private String whyNotSent(Response response) {
        List<String> schemes = Challenge.all(response.headers(CHALLENGE)).stream()
                .map(Challenge::scheme)
                .distinct()
                .toList();
        if (response.code() != 401 || schemes.isEmpty()) {
            return "it did not ask for any. Check the name of the image, and any proxy in between.";
        }
        return schemes.contains("basic")
                ? "they are " + credentials().get() + ", and it asks for a password. Log in with one."
                : "it asks for " + String.join(", ", schemes) + ", which is not supported; Bearer and Basic are.";
    }

    /** {@return what the server said, in one line: the status and the registry's own error}; closes the response. */
    static String answer(Response response) {
        try (response) {
            BufferedSource body = response.body().source();
            body.request(64 * 1024);
            JsonNode error = Json.read(body.getBuffer().snapshot().toByteArray())
                    .path("errors")
                    .path(0);
            String text =
                    (error.path("code").asText("") + " " + error.path("message").asText("")).strip();
            return "HTTP " + response.code() + (text.isEmpty() ? "" : " (" + text + ")");
        } catch (IOException e) {
            return "HTTP " + response.code(); // The status is the news; its body is only there to explain it.
        }
    }
}
