package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TrustTokenTest {

    @Test
    void keepsItsSecretOutOfLogs() {
        String text = Base64.getEncoder()
                .encodeToString(
                        "{\"client_name\":\"ci\",\"fingerprint\":\"f\",\"addresses\":[\"10.0.0.1:8443\"],\"secret\":\"hidden\"}"
                                .getBytes(StandardCharsets.UTF_8));

        TrustToken token = TrustToken.parse(text);

        assertThat(token.text()).isEqualTo(text);
        assertThat(token).hasToString("TrustToken[ci]");
    }
}
