package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts commands in one instance, {@code POST /1.0/instances/NAME/exec}. */
record Execution(Api api, String instance) {

    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
        describeUser(command, body, environment);
        command.terminal().ifPresent(terminal -> {
            body.put("interactive", true);
            body.put("width", terminal.columns()).put("height", terminal.rows());
            environment.put("TERM", "xterm");
        });
        environment.putAll(command.environment());
        body.set("environment", Json.object(environment));
        return body;
    }

    /**
     * Says the user and the directory of a command. The daemon knows numbers only, leaves the group and the home directory of
     * root to whoever the user is, and takes / silently for a directory that is not there.
     */
    private void describeUser(Command command, ObjectNode body, Map<String, String> environment) {
        Optional<GuestUser> user = command.user().map(name -> findUser(name, command));
        user.ifPresent(found -> {
            body.put("user", found.uid()).put("group", found.gid());
            environment.put("HOME", found.home());
            environment.put("USER", found.name());
            environment.put("LOGNAME", found.name());
            environment.put("SHELL", found.shell());
            environment.put("PATH", PATH);
        });
        command.workingDirectory()
                .map(path -> requireDirectory(path, command))
                .or(() -> user.map(GuestUser::home))
                .ifPresent(directory -> body.put("cwd", directory));
    }

    private GuestUser findUser(String name, Command command) {
        return GuestUser.find(files().readString("/etc/passwd"), name)
                .orElseThrow(() -> new IncusStemcellException("Cannot run '" + command + "' as '" + name
                        + "': instance '" + instance + "' has no such user in its /etc/passwd"));
    }

    private String requireDirectory(String path, Command command) {
        if (!files().isDirectory(path)) {
            throw new IncusStemcellException("Cannot run '" + command + "' in '" + path + "': instance '" + instance
                    + "' has no such directory");
        }
        return path;
    }

    private GuestFiles files() {
        return new GuestFiles(api, instance);
    }
}
