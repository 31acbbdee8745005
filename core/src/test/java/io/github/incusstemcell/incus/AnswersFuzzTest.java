package io.github.incusstemcell.incus;

import io.github.incusstemcell.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a daemon, or who answers in its place, may say. */
class AnswersFuzzTest {

    private static final String INSTANCE =
            "{\"type\":\"sync\",\"status_code\":200,\"metadata\":{\"name\":\"c1\",\"status\":\"Running\",\"status_code\":103,"
                    + "\"type\":\"container\",\"config\":{\"user.a\":\"b\"},\"devices\":{\"root\":{\"path\":\"/\"}},\"profiles\":[\"default\"],"
                    + "\"created_at\":\"2026-01-01T00:00:00Z\",\"network\":{\"eth0\":{\"addresses\":[{\"family\":\"inet\",\"address\":\"10.0.0.2\",\"netmask\":\"24\",\"scope\":\"global\"}]}},"
                    + "\"cpu\":{\"usage\":1},\"memory\":{\"usage\":2},\"pid\":7,\"fingerprint\":\"ab\",\"aliases\":[{\"name\":\"x\"}],\"properties\":{\"os\":\"y\"},"
                    + "\"id\":\"00000000-0000-0000-0000-000000000000\",\"class\":\"task\",\"err\":\"\",\"managed\":true,\"locations\":[\"none\"]}}";

    private static final String ERROR = "{\"type\":\"error\",\"error_code\":404,\"error\":\"Instance not found\"}";

    @Test
    void readsAnswers() throws Exception {
        Fuzzer.fuzz("Incus answers", List.of(INSTANCE.getBytes(StandardCharsets.UTF_8)), input -> {
            var metadata =
                    Answer.of(ApiRequest.get("instances", "c1"), 200, input).metadata();
            InstanceInfo.of(metadata);
            InstanceState.of(metadata);
            ImageInfo.of(metadata);
            NetworkInfo.of(metadata);
            Operation.of(metadata);
            OperationAnswer.of(metadata);
        });
        Fuzzer.fuzz(
                "Incus errors",
                List.of(INSTANCE.getBytes(StandardCharsets.UTF_8)),
                input -> Answer.of(
                        ApiRequest.get("instances", "c1"),
                        400,
                        (new String(input, StandardCharsets.UTF_8) + ERROR).getBytes()));
    }
}
