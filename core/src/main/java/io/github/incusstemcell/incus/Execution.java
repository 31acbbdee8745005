package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Starts commands in one instance, {@code POST /1.0/instances/NAME/exec}. */
final class Execution {

    private final Api api;
    private final String instance;

    Execution(Api api, String instance) {
        this.api = api;
        this.instance = instance;
    }

    Connection connection() {
        return api.connection();
    }

    RunningCommand start(Command command) {
        ProcessTree tree = new ProcessTree(this);
        ApiRequest post = ApiRequest.post("instances", instance, "exec").json(body(command, tree));
        return connection().inTurn("the start of '" + command + "'", () -> start(command, tree, post));
    }

    private RunningCommand start(Command command, ProcessTree tree, ApiRequest post) {
        Answer answer = api.answer(post);
        OperationAnswer operation = OperationAnswer.of(answer.metadata());
        CompletableFuture<OperationAnswer> end = new Operations(api).endLater(post, operation.id());
        CommandStreams streams = new CommandStreams(
                api,
                command,
                operation.id(),
                operation.metadata().path("fds"),
                connection().isRelay(operation.whole().path("location").asText()));
        boolean connected = false;
        try {
            streams.connect();
            connected = true;
        } finally {
            if (!connected) {
                streams.close();
                end.cancel(true);
            }
        }
        return new RunningCommand(command, tree, streams, end, new ExitCodes(api, instance, command, post));
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
