package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.Json;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the exit code of a command from the operation that ran it. The daemon makes failures of 126 and 127, whoever
 * returned them, and on 6.0.4 forgets the number in its answer; the message stays.
 */
record ExitCodes(InstanceRun run, ApiRequest request) {

    private static final Logger LOG = LoggerFactory.getLogger(ExitCodes.class);
    private static final int SIGNALLED = 128;

    /** Ends with {@value OUTSIDE} where process 1 is none that LXC has started, as that has a variable {@code container}. */
    private static final Command LOOK = Command.of(
            "sh", "-c", "read -r all </proc/1/environ; case $all in *container=*) exit 0;; *) exit 66;; esac");

    private static final int OUTSIDE = 66;

    /** Until the daemon says of an instance in which no process can be started that it has ended. */
    private static final Duration ENDING = Duration.ofSeconds(5);

    int of(OperationAnswer operation, boolean signalledByUs) {
        OptionalInt code = code(operation);
        if (code.isEmpty()) {
            requireInstance();
            operation.requireSuccess(request);
            throw new IncusException(request.toString(), operation.status(), "the daemon tells no exit code");
        }
        if (code.getAsInt() > SIGNALLED && !signalledByUs) {
            requireInstance();
        } else if (code.getAsInt() != 0 && !signalledByUs) {
            requireInside();
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

    /**
     * While process 1 of an instance is dying, Incus 6.0.4 starts commands outside of it. What one returns that has failed there means
     * nothing.
     */
    private void requireInside() {
        try {
            Deadline deadline = Deadline.in(startsProcesses() ? Duration.ZERO : ENDING);
            InstanceInfo info = run.requireThere();
            while (run.goesOn(info) && !InstanceRun.isFrozen(info) && deadline.pause()) {
                info = run.requireThere();
            }
            if (!run.goesOn(info)) {
                throw run.gone("was stopped");
            }
        } catch (IncusConnectionException e) {
            LOG.debug("Whether '{}' ran in {} was not found out", run.command(), run.instance(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.debug("Whether '{}' ran in {} was not found out", run.command(), run.instance(), e);
        }
    }

    /** A command that was killed may have died with its instance: then its exit code means nothing. */
    private void requireInstance() {
        if (!startsProcesses() && !InstanceRun.isFrozen(run.requireThere())) {
            throw run.gone("was stopped");
        }
    }

    /**
     * The daemon learns late that an instance has died. But where process 1 is dead the kernel starts no other, and where it is dying
     * another one is seen, so that the attempt to start one tells at once.
     */
    private boolean startsProcesses() {
        Api api = run.api();
        ObjectNode body = Json.object();
        body.set("command", Json.array(LOOK.argv()));
        ApiRequest post = ApiRequest.post("instances", run.instance(), "exec").json(body);
        try {
            OperationAnswer operation = OperationAnswer.of(api.answer(post).metadata());
            InstanceRun now = new InstanceRun(api, run.instance(), LOOK, operation);
            OptionalInt code =
                    code(api.connection().await(post, new Operations(api).endLater(post, operation.id(), now)));
            return code.isPresent() && code.getAsInt() < SIGNALLED && code.getAsInt() != OUTSIDE;
        } catch (IncusException | InstanceGoneException e) {
            return false;
        }
    }
}
