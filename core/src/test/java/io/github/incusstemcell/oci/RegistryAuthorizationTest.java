package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.github.incusstemcell.oci.FaultyRegistry.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told who we are: the registry that we have credentials for, in the way that it asks for, and nobody else. */
@Timeout(60)
class RegistryAuthorizationTest {

    private static final String IDENTITY = "{\"identitytoken\":\"identity\"}";
    /** {@code user:pass}. */
    private static final String PASSWORD = "{\"auth\":\"dXNlcjpwYXNz\"}";

    private static final byte[] LAYER = "a layer".getBytes();

    @TempDir
    Path folder;

    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final Map<FaultyRegistry, Answer> manifests = new HashMap<>();
    private FaultyRegistry registry;
    private FaultyRegistry other;

    @BeforeEach
    void start() throws IOException {
        registry = new FaultyRegistry();
        other = new FaultyRegistry();
        registry.image("a", "1", List.of(LAYER), List.of());
        other.image("b", "1", List.of(LAYER), List.of());
    }

    @AfterEach
    void stop() {
        registry.close();
        other.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void sendsNoIdentityTokenWhereItIsRedirected(int status) {
        registry.on("/token", FaultyRegistry.status(status, "Location", other.url("/token?signature=secret")));
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "Bearer t");
        assertThatThrownBy(() -> pull(Map.of(registry, IDENTITY)))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: http://%1$s/token redirected the request for a token to http://%2$s/token,"
                                + " another server. The request has an identity token, which is for %1$s alone, so it was"
                                + " not sent there. Ask those who run the registry for the address of its tokens.",
                        registry.host(), other.host());
        assertThat(other.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307})
    void sendsNoPasswordWhereItIsRedirected(int status) {
        registry.on("/token", FaultyRegistry.status(status, "Location", other.url("/token")));
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "Bearer t");
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageContaining("/token redirected the request for a token to " + other.url("/token"))
                .hasMessageContaining(
                        "The request has the password of user, which is for " + registry.host() + " alone");
        assertThat(other.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void buysATokenWhereTheSameServerHasItAtAnotherAddress(int status) throws IOException {
        registry.on("/token", FaultyRegistry.status(status, "Location", "/new-token"));
        registry.on("/new-token", token("{\"token\":\"t\"}"));
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "Bearer t");
        assertThat(pull(Map.of(registry, IDENTITY))).isEqualTo(LAYER);
        assertThat(bodies)
                .singleElement()
                .asString()
                .startsWith("POST grant_type=refresh_token&refresh_token=identity&");
    }

    @Test
    void followsARedirectToATokenForEverybody() throws IOException {
        registry.on("/token", FaultyRegistry.status(307, "Location", other.url("/token")));
        other.on("/token", token("{\"token\":\"t\"}"));
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "Bearer t");
        assertThat(pull(Map.of())).isEqualTo(LAYER);
    }

    @Test
    void takesTheTokenThatIsNotEmpty() throws IOException {
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "Bearer t");
        for (String answer : List.of(
                "{\"token\":\"\",\"access_token\":\"t\"}",
                "{\"token\":null,\"access_token\":\"t\"}",
                "{\"token\":\"t\",\"access_token\":\"\"}")) {
            registry.on("/token", token(answer));
            assertThat(pull(Map.of())).as(answer).isEqualTo(LAYER);
        }
    }

    @Test
    void saysWhatIsWrongWithATokenServer() {
        protect(registry, "Bearer realm=\"" + registry.url("/token?x=y") + "\"", "Bearer t");
        registry.on("/token", token("{\"token\":\"a\\nb\"}"));
        assertThatThrownBy(() -> pull(Map.of()))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageEndingWith(registry.url("/token")
                        + " answered with a token that no header can hold. Ask those who run it.");
        registry.on("/token", FaultyRegistry.status(503));
        assertThatThrownBy(() -> pull(Map.of()))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageEndingWith(registry.url("/token")
                        + " answered HTTP 503 to the request for a token. Try again later, or ask those who run it.");
    }

    @Test
    void refusesAVeryLongRealm() {
        protect(registry, "Bearer realm=\"" + "\\x".repeat(50_000) + "\"", "Bearer t");
        assertThatThrownBy(() -> pull(Map.of()))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageContaining(registry.host() + " sends us to '" + "x".repeat(200) + "...' for a token");
    }

    @Test
    void findsTheChallengeThatItCanAnswer() throws IOException {
        protect(registry, "Negotiate YIIJ+w/6K2wYBBQUCoIIJszCC==, Basic realm=\"x\"", "Basic dXNlcjpwYXNz");
        assertThat(pull(Map.of(registry, PASSWORD))).isEqualTo(LAYER);
    }

    @Test
    void saysWhyCredentialsWereNotSent() {
        protect(registry, "Negotiate, NTLM", "nobody");
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageEndingWith(
                        " refused: HTTP 401. Credentials for %s were found, but not sent: it asks for negotiate, ntlm, which is"
                                + " not supported; Bearer and Basic are.",
                        registry.host());
        protect(registry, "Basic realm=\"x\"", "nobody");
        assertThatThrownBy(() -> pull(Map.of(registry, IDENTITY)))
                .hasMessageEndingWith(
                        " refused: HTTP 401. Credentials for %s were found, but not sent: they are an identity token, and it"
                                + " asks for a password. Log in with one.",
                        registry.host());
        for (Answer silent : List.of(FaultyRegistry.status(401), FaultyRegistry.status(403))) {
            registry.on("/v2/a/manifests/1", silent);
            assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                    .hasMessageEndingWith(
                            ". Credentials for %s were found, but not sent: it did not ask for any. Check the name of the image,"
                                    + " and any proxy in between.",
                            registry.host());
        }
    }

    @Test
    void saysThatCredentialsWereSentWhereTheyWere() {
        registry.on("/token", FaultyRegistry.status(401));
        protect(registry, "Bearer realm=\"" + registry.url("/token") + "\"", "nobody");
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                .hasMessageEndingWith(
                        " refused: HTTP 401. Credentials for %s were found and sent; check that they are right and may pull.",
                        registry.host());
        registry.on("/token", token("{\"token\":\"t\"}"));
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD))).hasMessageContaining("were found and sent;");
    }

    @Test
    void answersTheChallengeOfTheRegistryThatItIsRedirectedTo() throws IOException {
        redirectToOther();
        other.on("/token", token("{\"token\":\"t\"}"));
        protect(other, "Bearer realm=\"" + other.url("/token") + "\"", "Bearer t");
        assertThat(pull(Map.of(registry, PASSWORD))).isEqualTo(LAYER);
        assertThat(other.seen("/token?scope=repository%3Ab%3Apull")).hasSize(1);
        assertThat(other.seen()).noneMatch(seen -> "Basic dXNlcjpwYXNz".equals(seen.header("Authorization")));

        protect(other, "Basic realm=\"other\"", "Basic b3RoZXI6cGFzcw==");
        assertThat(pull(Map.of(registry, PASSWORD, other, "{\"auth\":\"b3RoZXI6cGFzcw==\"}")))
                .isEqualTo(LAYER);
        assertThat(registry.seen())
                .allSatisfy(seen -> assertThat(seen.header("Authorization")).isIn(null, "Basic dXNlcjpwYXNz"));
    }

    @Test
    void namesTheRegistryThatRefusesAfterARedirect() {
        redirectToOther();
        protect(other, "Basic realm=\"other\"", "nobody");
        String notFound =
                "Cannot pull %1$s/a:1: %2$s refused: HTTP %3$d. No credentials for %2$s were found in %4$s. Where the"
                        + " image is private, run 'docker login %2$s' or 'podman login %2$s'; where it is public, check its name.";
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage(notFound, registry.host(), other.host(), 401, folder.resolve("auth.json"));
        other.on("/v2/b/manifests/1", FaultyRegistry.status(403));
        assertThatThrownBy(() -> pull(Map.of(registry, PASSWORD)))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage(notFound, registry.host(), other.host(), 403, folder.resolve("auth.json"));
    }

    @Test
    void endsWhereTwoRegistriesRedirectToEachOther() {
        redirectToOther();
        protect(other, "Basic realm=\"other\"", "Basic b3RoZXI6cGFzcw==");
        other.on("/v2/b/manifests/1", exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                FaultyRegistry.status(307, "Location", registry.url("/v2/c/manifests/1"))
                        .send(exchange);
            } else {
                FaultyRegistry.status(401, "WWW-Authenticate", "Basic realm=\"other\"")
                        .send(exchange);
            }
        });
        registry.on("/v2/c/manifests/1", FaultyRegistry.status(401, "WWW-Authenticate", "Basic realm=\"x\""));
        assertThatThrownBy(() -> pull(Map.of(other, "{\"auth\":\"b3RoZXI6cGFzcw==\"}")))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageContaining(registry.host() + " refused: HTTP 401");
    }

    private void redirectToOther() {
        registry.on("/v2/a/manifests/1", FaultyRegistry.status(307, "Location", other.url("/v2/b/manifests/1")));
    }

    /** Lets in whoever has this authorization, and challenges the others. */
    private void protect(FaultyRegistry server, String challenge, String authorization) {
        String path = server == registry ? "/v2/a/manifests/1" : "/v2/b/manifests/1";
        Answer open = manifests.computeIfAbsent(server, s -> s.answer(path));
        server.on(path, exchange -> {
            if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                open.send(exchange);
            } else {
                FaultyRegistry.status(401, "WWW-Authenticate", challenge).send(exchange);
            }
        });
    }

    private Answer token(String json) {
        return exchange -> {
            bodies.add(exchange.getRequestMethod() + " " + body(exchange));
            FaultyRegistry.whole(json.getBytes()).send(exchange);
        };
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes());
    }

    private byte[] pull(Map<FaultyRegistry, String> entries) throws IOException {
        Path file = folder.resolve("auth.json");
        Files.writeString(
                file,
                entries.entrySet().stream()
                        .map(entry -> "\"" + entry.getKey().host() + "\":" + entry.getValue())
                        .collect(Collectors.joining(",", "{\"auths\":{", "}}")));
        try (OciImages images = OciImages.builder()
                        .settings(RegistrySettings.builder()
                                .insecureHost(registry.host())
                                .insecureHost(other.host())
                                .architecture("amd64")
                                .cacheFolder(folder.resolve("cache"))
                                .build())
                        .patience(FaultyRegistry.IMPATIENT)
                        .environment(Map.of("REGISTRY_AUTH_FILE", file.toString()))
                        .build();
                InputStream in = images.resolve(ImageReference.parse(registry.host() + "/a:1"))
                        .rootfs()
                        .open()) {
            return in.readAllBytes();
        }
    }
}
