package io.github.incusstemcell.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {

    @Test
    void readsWhatRegistriesSend() {
        assertThat(Challenge.parse(List.of("Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\","
                        + "scope=\"repository:a/b:pull,push\"")))
                .contains(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://ghcr.io/token",
                                "service", "ghcr.io",
                                "scope", "repository:a/b:pull,push")));
        assertThat(Challenge.parse(List.of("bearer Realm=https://x/token , service = y")))
                .contains(new Challenge("bearer", Map.of("realm", "https://x/token", "service", "y")));
        assertThat(Challenge.parse(List.of("Basic realm=\"a \\\"quoted\\\" realm\"")))
                .contains(new Challenge("basic", Map.of("realm", "a \"quoted\" realm")));
    }

    @Test
    void prefersATokenToAPassword() {
        String bearer = "Bearer realm=\"https://x/token\"";
        for (List<String> headers : List.of(
                List.of("Basic realm=\"x\"", bearer),
                List.of("Basic realm=\"x\", " + bearer),
                List.of(bearer, "Basic"))) {
            assertThat(Challenge.parse(headers).map(Challenge::scheme)).contains("bearer");
        }
    }

    @Test
    void ignoresWhatItCannotAnswer() {
        assertThat(Challenge.parse(List.of("Negotiate", "Digest realm=\"x\", nonce=\"y\"")))
                .isEmpty();
        assertThat(Challenge.parse(List.of("Bearer error=\"no realm\""))).isEmpty();
        assertThat(Challenge.parse(List.of("Negotiate, Basic realm=\"x\"")).map(Challenge::scheme))
                .contains("basic");
        assertThat(Challenge.parse(List.of())).isEmpty();
    }

    @Test
    void readsAllChallengesOfOneHeaderAndOfSeveral() {
        assertThat(Challenge.all(List.of(
                        "Negotiate YIIJvwYGKwYBBQUCoIIJszCC==, Basic realm=\"a, b=c\", charset=\"UTF-8\"",
                        "Digest realm = \"x\" , qop=\"auth, auth-int\",, Bearer realm=\"https://x/token\"",
                        "NTLM",
                        "vapid-1 t=x")))
                .containsExactly(
                        new Challenge("negotiate", Map.of()),
                        new Challenge("basic", Map.of("realm", "a, b=c", "charset", "UTF-8")),
                        new Challenge("digest", Map.of("realm", "x", "qop", "auth, auth-int")),
                        new Challenge("bearer", Map.of("realm", "https://x/token")),
                        new Challenge("ntlm", Map.of()),
                        new Challenge("vapid-1", Map.of("t", "x")));
    }

    @Test
    void readsToken68() {
        for (String token : List.of("abc", "a.b_c~d+e/f-g", "abc=", "abc==")) {
            assertThat(Challenge.all(List.of("Negotiate " + token + " , Basic realm=\"x\"")))
                    .as(token)
                    .containsExactly(
                            new Challenge("negotiate", Map.of()), new Challenge("basic", Map.of("realm", "x")));
        }
    }

    @Test
    void readsQuotedStringsWithEscapes() {
        assertThat(Challenge.parse(List.of("Basic realm=\"\\\"\\\\\\a, Bearer realm=x\"")))
                .contains(new Challenge("basic", Map.of("realm", "\"\\a, Bearer realm=x")));
        assertThat(Challenge.parse(List.of("Basic realm=\"\""))).contains(new Challenge("basic", Map.of("realm", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic realm=\"x",
                "Basic realm=\"x\\",
                ",,Basic ,,",
                " \tBasic",
                "=x, Basic @",
                "\"a, b\" Basic, Basic",
                "x=\"y\", Basic realm=@\"z",
            })
    void findsWhatItCanInMalformedHeaders(String header) {
        assertThat(Challenge.parse(List.of(header)).map(Challenge::scheme)).contains("basic");
    }

    @Test
    void readsHeadersOfAnyLength() {
        String letters = "x".repeat(1_000_000);
        String escapes = "\\x".repeat(1_000_000);
        assertThat(Challenge.parse(List.of("Bearer realm=\"" + letters + "\"")))
                .contains(new Challenge("bearer", Map.of("realm", letters)));
        assertThat(Challenge.parse(List.of("Bearer realm=\"" + escapes + "\"")))
                .contains(new Challenge("bearer", Map.of("realm", letters)));
        for (String hostile : List.of(
                "a ".repeat(1_000_000),
                ",".repeat(1_000_000),
                " ".repeat(1_000_000),
                "a=\"".repeat(1_000_000),
                letters + "@" + letters)) {
            assertThat(Challenge.parse(List.of(hostile, "Basic"))).isPresent();
        }
    }
}
