package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the exit code of a command from the operation that ran it. The daemon makes failures of 126 and 127, whoever
 * returned them, and on 6.0.4 forgets the number in its answer; the message stays.
 */
record ExitCodes(Api api, String instance, Command command, ApiRequest request) {

    private static final int SIGNALLED = 128;

    int of(OperationAnswer operation, boolean signalledByUs) {
        OptionalInt code = code(operation);
        if (code.isEmpty()) {
            requireInstance();
            operation.requireSuccess(request);
            throw new IncusException(request.toString(), operation.status(), "the daemon tells no exit code");
        }
        if (code.getAsInt() > SIGNALLED && !signalledByUs) {
            requireInstance();
        }
        return code.getAsInt();
    }

    private static OptionalInt code(OperationAnswer operation) {
        JsonNode code = operation.metadata().path("return");
        if (code.isInt() && code.asInt() >= 0) {
            return OptionalInt.of(code.asInt());
        }
        return switch (operation.error()) {
            case "Command not found" -> OptionalInt.of(127);
            case "Command not executable" -> OptionalInt.of(126);
            default -> OptionalInt.empty();
        };
    }

    /** A command that was killed may have died with its instance: then its exit code means nothing. */
    private void requireInstance() {
        if (startsProcesses()) {
            return;
        }
        Optional<InstanceInfo> info = new Instances(api).find(instance);
        if (info.isEmpty()) {
            throw new InstanceGoneException(instance, "'" + command + "' ran in it", "was deleted");
        }
        if (!info.get().status().equals("Frozen")) {
            throw new InstanceGoneException(instance, "'" + command + "' ran in it", "was stopped");
        }
    }

    /**
     * The daemon learns late that an instance has died. But where process 1 is dead the kernel starts no other, so that
     * the attempt to start one tells at once.
     */
    private boolean startsProcesses() {
        ObjectNode body = Json.object();
        body.set("command", Json.array(List.of("true")));
        ApiRequest post = ApiRequest.post("instances", instance, "exec").json(body);
        try {
            String id = OperationAnswer.of(api.answer(post).metadata()).id();
            OptionalInt code = code(api.connection().await(post, new Operations(api).endLater(post, id)));
            return code.isPresent() && code.getAsInt() < SIGNALLED;
        } catch (IncusException e) {
            return false;
        }
    }
}
