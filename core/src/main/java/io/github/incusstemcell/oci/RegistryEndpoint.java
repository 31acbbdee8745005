package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/** One repository on one host, a registry or a mirror of it, and how we are known there. */
final class RegistryEndpoint {

    private final Http http;
    private final String host;
    private final String repository;
    private final CredentialSource credentials;
    /** Null until somebody asked. */
    private Optional<Credentials> known;

    private volatile String authorization;

    RegistryEndpoint(Http http, String host, String repository, CredentialSource credentials) {
        this.http = http;
        this.host = host;
        this.repository = repository;
        this.credentials = credentials;
    }

    Http http() {
        return http;
    }

    String host() {
        return host;
    }

    String repository() {
        return repository;
    }

    /** {@return the address of {@code manifests/x}, {@code blobs/x} or the like in this repository} */
    HttpUrl url(String path) {
        // The registry that is called docker.io everywhere is served from another name.
        String server = host.equals("docker.io") ? "registry-1.docker.io" : host;
        return http.url(server, "/v2/" + repository + "/" + path);
    }

    /**
     * Sends a request, and where the registry wants to know who asks, sends it again with a token or a password.
     *
     * @return any answer but 401 and 403; the caller closes it
     * @throws RegistryAuthenticationException where the registry goes on refusing
     */
    Response send(Request request, String purpose) {
        String sentWith = authorization;
        Response response = http.send(authorized(request, sentWith), purpose);
        if (response.code() == 401 && Http.sameOrigin(response.request().url(), request.url())) {
            authorize(response, sentWith, purpose);
            response = http.send(authorized(request, authorization), purpose);
        }
        if (response.code() == 401 || response.code() == 403) {
            throw refused(response, purpose);
        }
        return response;
    }

    /** {@return the request as we are known by now} */
    Request authorized(Request request) {
        return authorized(request, authorization);
    }

    private static Request authorized(Request request, String authorization) {
        return authorization == null
                ? request
                : request.newBuilder().header("Authorization", authorization).build();
    }

    /** Blobs are fetched in parallel: whoever is refused first gets a token for all. */
    private synchronized void authorize(Response response, String sentWith, String purpose) {
        try (response) {
            if (Objects.equals(sentWith, authorization)) {
                authorization = Challenge.parse(response.headers("WWW-Authenticate"))
                        .flatMap(challenge -> answer(challenge, purpose))
                        .orElseThrow(() -> refused(response, purpose));
            }
        }
    }

    /** Looked for once, and not before somebody asks: it may start a program. */
    private synchronized Optional<Credentials> credentials() {
        if (known == null) {
            known = credentials.find(host, repository);
        }
        return known;
    }

    private Optional<String> answer(Challenge challenge, String purpose) {
        Optional<Credentials> mine = credentials();
        if (challenge.isBearer()) {
            return Optional.of("Bearer " + new TokenRequest(this, challenge, mine, purpose).send());
        }
        return mine.filter(k -> !k.isIdentityToken()).map(Credentials::basic);
    }

    /** Closes the response. */
    RegistryAuthenticationException refused(Response response, String purpose) {
        String next = credentials().isPresent()
                ? "Credentials for " + host + " were found and sent; check that they are right and may pull."
                : "No credentials for " + host + " were found in " + credentials.places()
                        + ". Where the image is private, run 'docker login " + host + "' or 'podman login " + host
                        + "'; where it is public, check its name.";
        return new RegistryAuthenticationException(
                purpose + ": " + Http.hostOf(response.request().url()) + " refused: " + answer(response) + ". " + next);
    }

    /** {@return what the server said, in one line: the status and the registry's own error}; closes the response. */
    static String answer(Response response) {
        try (response) {
            BufferedSource body = response.body().source();
            body.request(64 * 1024);
            JsonNode error = Manifest.JSON
                    .readTree(body.getBuffer().snapshot().toByteArray())
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
