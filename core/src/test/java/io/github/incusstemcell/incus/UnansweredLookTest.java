package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.incus.TestDaemon.Way;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session for files in which Incus stops to answer, as it does now and then. */
class UnansweredLookTest {

    private static final Duration SHORT = Duration.ofSeconds(1);

    /** The switch of protocols, the greeting and the first question of a session, and what a file is. */
    private static final int ANSWERS_BEFORE_READING = 4;

    private static TestDaemon daemon;
    private static Instance instance;

    @BeforeAll
    static void start() {
        daemon = new TestDaemon(Way.SOCKET);
        instance = daemon.started();
        instance.files().writeString("/file", "content");
    }

    @AfterAll
    static void delete() {
        daemon.close();
    }

    @Test
    void isDoneOnceMoreInAnotherSession(@TempDir Path folder) throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (InFrontOfIncus front = new InFrontOfIncus(folder, asked::add);
                Connection connection = new Connection(front.endpoint())) {
            FileServer server = new FileServer(
                    new Api(connection, "default"),
                    instance.name(),
                    java.util.Optional.empty(),
                    java.util.Optional.empty(),
                    SHORT);
            for (int parts = ANSWERS_BEFORE_READING; parts < ANSWERS_BEFORE_READING + 3; parts++) {
                asked.clear();
                front.holdAnswer("GET /1.0/instances/" + instance.name() + "/sftp", parts);

                assertThat(new FileContent(server, "/file").readAll())
                        .asString()
                        .isEqualTo("content");

                assertThat(asked).as("after %s answers", parts).hasSize(2);
            }
        }
    }
}
