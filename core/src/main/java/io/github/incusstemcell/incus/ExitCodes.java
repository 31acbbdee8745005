package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Reads the exit code of a command from the operation that ran it. The daemon makes failures of 126 and 127, whoever
 * returned them, and on 6.0.4 forgets the number in its answer; the message stays.
 */
record ExitCodes(Api api, String instance, Command command, ApiRequest request) {

    private static final int SIGNALLED = 128;

    int of(OperationAnswer operation, boolean signalledByUs) {
        int code = code(operation);
        if (code > SIGNALLED && !signalledByUs) {
            requireInstance();
        }
        return code;
    }

    private int code(OperationAnswer operation) {
        JsonNode code = operation.metadata().path("return");
        if (code.isInt() && code.asInt() >= 0) {
            return code.asInt();
        }
        return switch (operation.error()) {
            case "Command not found" -> 127;
            case "Command not executable" -> 126;
            default -> throw failure(operation);
        };
    }

    private RuntimeException failure(OperationAnswer operation) {
        requireInstance();
        operation.requireSuccess(request);
        return new IncusException(request.toString(), operation.status(), "the daemon tells no exit code");
    }

    /** A command that was killed may have died with its instance: then its exit code means nothing. */
    private void requireInstance() {
        Optional<InstanceState> state =
                Lookup.find(() -> InstanceState.of(api.ask(ApiRequest.get("instances", instance, "state"))));
        if (state.isEmpty()) {
            throw new InstanceGoneException(instance, "'" + command + "' ran in it", "was deleted");
        }
        if (!state.get().isRunning()) {
            throw new InstanceGoneException(instance, "'" + command + "' ran in it", "was stopped");
        }
    }
}
