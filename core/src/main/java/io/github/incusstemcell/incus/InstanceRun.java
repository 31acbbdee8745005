package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time from a start of an instance to its next stop, in which a command was started. A command does not outlive it, but Incus 6.0.4 may
 * say for ever that one runs which it was starting as process 1 died.
 */
final class InstanceRun {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceRun.class);

    private final Api api;
    private final String instance;
    private final Command command;
    private final long asked = System.nanoTime();

    /** When the daemon had all that it needs to run the command, or earlier, by its own clock; null: it has not said. */
    private volatile @Nullable Instant commanded;

    /**
     * @param operation that of the command, as the daemon has just answered it
     */
    InstanceRun(Api api, String instance, Command command, OperationAnswer operation) {
        this.api = api;
        this.instance = instance;
        this.command = command;
        this.commanded = operation.createdAt().orElse(null);
    }

    /**
     * To be called when the command's streams are connected. The daemon takes a command for an instance that is starting, too, and runs it in
     * that start where it is connected late enough.
     */
    void connected() {
        Instant created = commanded;
        if (created != null) {
            commanded = created.plusNanos(System.nanoTime() - asked);
        }
    }

    Api api() {
        return api;
    }

    String instance() {
        return instance;
    }

    Command command() {
        return command;
    }

    /** {@return what a command that is said to run still fails with; empty where it may run, or the daemon does not say} */
    Optional<InstanceGoneException> end() {
        try {
            InstanceInfo info = requireThere();
            boolean ended = info.status().equals("Stopped") || isStartedAgain(info);
            return ended ? Optional.of(gone("was stopped")) : Optional.empty();
        } catch (InstanceGoneException e) {
            return Optional.of(e);
        } catch (IncusStemcellException e) {
            LOG.debug("Whether '{}' still runs in {} was not found out", command, instance, e);
            return Optional.empty();
        }
    }

    boolean goesOn(InstanceInfo info) {
        return (info.isRunning() || isFrozen(info)) && !isStartedAgain(info);
    }

    private boolean isStartedAgain(InstanceInfo info) {
        Instant before = commanded;
        return before != null && info.lastUsedAt().filter(before::isBefore).isPresent();
    }

    static boolean isFrozen(InstanceInfo info) {
        return info.status().equals("Frozen");
    }

    InstanceInfo requireThere() {
        return new Instances(api).find(instance).orElseThrow(() -> gone("was deleted"));
    }

    InstanceGoneException gone(String state) {
        return new InstanceGoneException(instance, "'" + command + "' ran in it", state);
    }
}
