package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
