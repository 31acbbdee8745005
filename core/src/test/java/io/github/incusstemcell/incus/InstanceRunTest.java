package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.internal.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstanceRunTest {

    private static final Command COMMAND = Command.of("sleep", "600");

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
    void endsWithAStopAndGoesOnWhileItIsPaused() {
        InstanceRun first = now();
        assertThat(first.end()).isEmpty();

        instance.freeze();
        assertThat(first.end()).isEmpty();
        instance.unfreeze();

        instance.stopNow();
        assertThat(first.end()).get().hasToString(stopped());

        instance.start();
        assertThat(first.end()).get().hasToString(stopped());
        InstanceRun second = now();
        assertThat(second.end()).isEmpty();

        // As one that was asked for while the instance started, and began when it had.
        first.connected();
        assertThat(first.end()).isEmpty();
    }

    @Test
    void endsWithADeletion() {
        Instance other = daemon.started();
        InstanceRun run = of(other);

        other.delete();

        assertThat(run.end())
                .get()
                .extracting(Throwable::getMessage)
                .isEqualTo("Instance '" + other.name() + "' was deleted while 'sleep 600' ran in it");
    }

    /** What cannot be found out says nothing. */
    @Test
    void goesOnWhereTheDaemonDoesNotAnswer() {
        Connection lost = new Connection(daemon.incus().endpoint());
        InstanceRun run =
                new InstanceRun(new Api(lost, api.project()), instance.name(), COMMAND, operationOf(instance));
        lost.close();

        assertThat(run.end()).isEmpty();
    }

    private String stopped() {
        return InstanceGoneException.class.getName() + ": Instance '" + instance.name()
                + "' was stopped while 'sleep 600' ran in it";
    }

    private InstanceRun now() {
        return of(instance);
    }

    private InstanceRun of(Instance in) {
        return new InstanceRun(api, in.name(), COMMAND, operationOf(in));
    }

    private OperationAnswer operationOf(Instance in) {
        ApiRequest post = ApiRequest.post("instances", in.name(), "exec")
                .json(Json.object().set("command", Json.array(Command.of("true").argv())));
        return OperationAnswer.of(api.answer(post).metadata());
    }
}
