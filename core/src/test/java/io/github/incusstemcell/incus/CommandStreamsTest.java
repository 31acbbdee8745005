package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.internal.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandStreamsTest {

    private final TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET);
    private final Api api =
            new Api(new Connection(daemon.incus().endpoint()), daemon.incus().project());
    private Instance instance;

    @BeforeAll
    void start() {
        instance = daemon.started();
    }

    @AfterAll
    void delete() {
        api.connection().close();
        daemon.close();
    }

    /** A control stream that is late must not let the command start without it: the daemon may then never end it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectsTheLastStreamWhenTheDaemonHasTheOneThatTakesOrders(boolean terminal, @TempDir Path folder)
            throws Exception {
        Command command = terminal ? Command.shell("exit 7").terminal(80, 24) : Command.shell("exit 7");
        JsonNode operation = begun(command);
        JsonNode secrets = operation.path("metadata").path("fds");
        String last = terminal ? "0" : "2";
        List<String> connected = new CopyOnWriteArrayList<>();
        CountDownLatch lastOne = new CountDownLatch(1);
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    String stream = stream(request, secrets);
                    if (stream.equals("control")) {
                        // For longer than the command takes.
                        await(lastOne);
                    }
                    connected.add(stream);
                    if (stream.equals(last)) {
                        lastOne.countDown();
                    }
                });
                Connection connection = new Connection(front.endpoint());
                CommandStreams streams = new CommandStreams(
                        new Api(connection, api.project()),
                        command,
                        operation.path("id").asText(),
                        secrets,
                        false)) {
            streams.connect();

            assertThat(connected).endsWith("control", last).hasSize(terminal ? 2 : 4);
        }
    }

    private JsonNode begun(Command command) {
        ObjectNode body = Json.object()
                .put("wait-for-websocket", true)
                .put("interactive", command.terminal().isPresent());
        body.set("command", Json.array(command.argv()));
        return api.ask(ApiRequest.post("instances", instance.name(), "exec").json(body));
    }

    private static String stream(String request, JsonNode secrets) {
        return secrets.properties().stream()
                .filter(stream -> request.contains(stream.getValue().asText()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(300, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In a longer run, which the system property asks for, one of ten thousand commands never ended. */
    @ParameterizedTest
    @EnumSource(TestDaemon.Way.class)
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void endsEachOfManyShortCommands(TestDaemon.Way way) throws Exception {
        int count = Integer.getInteger("incus.stemcell.test.short-commands", 150);
        ExecutorService threads = Executors.newFixedThreadPool(way == TestDaemon.Way.SOCKET ? 50 : 8);
        try (TestDaemon reached = new TestDaemon(way)) {
            Instance there = reached.started();
            List<Future<Integer>> codes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                codes.add(threads.submit(
                        () -> there.exec(Command.shell("exit 137")).exitCode()));
            }
            for (Future<Integer> code : codes) {
                assertThat(code.get(1, TimeUnit.MINUTES)).isEqualTo(137);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void takesOrdersAsSoonAsTheCommandHasStarted() throws Exception {
        try (RunningCommand sleep = instance.start(Command.of("sleep", "1000"))) {
            sleep.signal(15);

            assertThat(sleep.waitFor()).isEqualTo(143);
        }
    }
}
