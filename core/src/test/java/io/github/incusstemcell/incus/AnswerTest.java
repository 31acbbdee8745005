package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    /** As a member says it that does not find who leads, by its own part in that and how far it came (internal/server/cluster/gateway.go). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "no available cowsql leader server found",
                "Failed to get leader address: failed to send Leader request: call leader (budget -13.818266ms): send: header:"
                        + " write unix @->@e04da: i/o timeout",
                "RAFT cluster is unavailable"
            })
    void saysThatAClusterThatHasNoLeaderHasNoQuorum(String error) {
        byte[] body = "{\"type\":\"error\",\"error_code\":500,\"error\":\"%s\"}"
                .formatted(error)
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Answer.of(ApiRequest.get("cluster", "members"), 500, body))
                .isInstanceOf(NoQuorumException.class)
                .hasMessageStartingWith("GET /1.0/cluster/members failed: " + error)
                .hasMessageContaining("Its cluster has no quorum");
    }
}
