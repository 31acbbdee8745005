package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts commands in one instance, {@code POST /1.0/instances/NAME/exec}. */
record Execution(Api api, String instance) {

    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    Connection connection() {
        return api.connection();
    }

    RunningCommand start(Command command) {
        ProcessTree tree = new ProcessTree(this);
        ApiRequest post = ApiRequest.post("instances", instance, "exec").json(body(command, tree));
        return connection().inTurn("the start of '" + command + "'", () -> start(command, tree, post, false));
    }

    /** A command that a daemon was asked for which then was restarted, or out of reach, is asked for once more where it was not started. */
    private RunningCommand start(Command command, ProcessTree tree, ApiRequest post, boolean again) {
        Answer answer = api.answer(post);
        OperationAnswer operation = OperationAnswer.of(answer.metadata());
        InstanceRun run = new InstanceRun(api, instance, command, operation);
        CompletableFuture<OperationAnswer> end = new Operations(api).endLater(post, operation.id(), run);
        CommandStreams streams = new CommandStreams(
                api,
                command,
                operation.id(),
                operation.metadata().path("fds"),
                connection().isRelay(operation.whole().path("location").asText()));
        boolean connected = false;
        try {
            streams.connect();
            run.connected();
            connected = true;
        } catch (IncusException | IncusConnectionException e) {
            if (again || streams.mayHaveStarted()) {
                throw e;
            }
            LOG.debug("'{}' was not started, and is asked for once more", command, e);
        } finally {
            if (!connected) {
                streams.close();
                end.cancel(true);
            }
        }
        return connected
                ? new RunningCommand(command, tree, streams, end, new ExitCodes(run, post))
                : start(command, tree, post, true);
    }

    private JsonNode body(Command command, ProcessTree tree) {
        Map<String, String> environment = new HashMap<>();
        ObjectNode body = Json.object().put("wait-for-websocket", true);
        body.set("command", Json.array(command.argv()));
        tree.mark(environment);
        new CommandUser(api, instance, command).describe(body, environment);
        command.terminal().ifPresent(terminal -> {
            body.put("interactive", true);
            body.put("width", terminal.columns()).put("height", terminal.rows());
            environment.put("TERM", "xterm");
        });
        environment.putAll(command.environment());
        body.set("environment", Json.object(environment));
        return body;
    }
}
