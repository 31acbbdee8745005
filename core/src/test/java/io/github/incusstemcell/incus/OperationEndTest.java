package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.internal.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationEndTest {

    private final TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET);
    private final Connection connection = new Connection(daemon.incus().endpoint());
    private final Api api = new Api(connection, daemon.incus().project());
    private Instance instance;

    @BeforeAll
    void start() {
        instance = daemon.started();
    }

    @AfterAll
    void delete() {
        connection.close();
        daemon.close();
    }

    @Test
    void comesAfterSeveralLooks() throws Exception {
        OperationAnswer end = end(api, begun("sleep 2.5; exit 7"), Duration.ofSeconds(30));

        assertThat(end.metadata().path("return").asInt()).isEqualTo(7);
    }

    @Test
    void isFoundWhereAnAnswerIsLost(@TempDir Path folder) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Void> over = new CompletableFuture<>();
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    if (request.contains("/wait") && asked.incrementAndGet() == 1) {
                        hold(over);
                    }
                });
                Connection there = new Connection(front.endpoint())) {
            String id = begun("sleep 2.5; exit 7");

            OperationAnswer end = end(new Api(there, api.project()), id, Duration.ofSeconds(1));

            over.complete(null);
            assertThat(end.metadata().path("return").asInt()).isEqualTo(7);
            assertThat(asked.get()).isGreaterThan(1);
        }
    }

    @Test
    void isUnknownWhereTheDaemonHasForgottenTheOperation() {
        assertThatThrownBy(() -> end(api, "00000000-0000-0000-0000-000000000000", Duration.ofSeconds(2)))
                .hasRootCauseInstanceOf(IncusException.class)
                .hasMessageContaining("its outcome is unknown, the daemon has forgotten operation 00000000");
    }

    @Test
    void isNotAwaitedForEver() {
        String id = begun("sleep 30");

        assertThatThrownBy(() -> new Operations(api)
                        .workLater(post("true"), id, Duration.ofMillis(1))
                        .get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IncusException.class)
                .hasMessageContaining("operation " + id + " still goes on after 0 minutes");
    }

    @Test
    void isGivenUpWhereItWillNotCome() {
        IncusException never = new IncusException("post", 0, "never");

        assertThatThrownBy(() -> OperationEnd.of(
                                api,
                                post("true"),
                                begun("sleep 30"),
                                Duration.ofSeconds(30),
                                running -> Optional.of(never))
                        .get(20, TimeUnit.SECONDS))
                .hasCause(never);
    }

    @Test
    void comesThoughItWasTakenForImpossibleAMomentBefore() throws Exception {
        String id = begun("until [ -e /root/end ]; do sleep 0.1; done; exit 7");

        OperationAnswer end = OperationEnd.of(api, post("true"), id, Duration.ofSeconds(30), running -> {
                    instance.files().writeString("/root/end", "");
                    new Operations(api).await(id, Duration.ofSeconds(20));
                    return Optional.of(new IncusException("post", 0, "never"));
                })
                .get(40, TimeUnit.SECONDS);

        assertThat(end.metadata().path("return").asInt()).isEqualTo(7);
    }

    private String begun(String script) {
        return OperationAnswer.of(api.answer(post(script)).metadata()).id();
    }

    private ApiRequest post(String script) {
        return ApiRequest.post("instances", instance.name(), "exec")
                .json(Json.object()
                        .set("command", Json.array(Command.shell(script).argv())));
    }

    private OperationAnswer end(Api through, String id, Duration patience) throws Exception {
        return OperationEnd.of(through, post("true"), id, patience, running -> Optional.empty())
                .get(30, TimeUnit.SECONDS);
    }

    private static void hold(CompletableFuture<Void> over) {
        try {
            over.get(30, TimeUnit.SECONDS);
            throw new InFrontOfIncus.Lost();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new InFrontOfIncus.Lost();
        }
    }
}
