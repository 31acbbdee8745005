package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time from a start of an instance to its next stop, in which a command was started. A command does not outlive it, but Incus 6.0.4 may
 * say for ever that one runs which it was starting as process 1 died.
 *
 * @param asked when the daemon was asked for the command, by its own clock; empty: it has not said
 */
record InstanceRun(Api api, String instance, Command command, Optional<Instant> asked) {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceRun.class);

    /** {@return what a command that is said to run still fails with; empty where it may run, or the daemon does not say} */
    Optional<InstanceGoneException> end() {
        try {
            return goesOn(requireThere()) ? Optional.empty() : Optional.of(gone("was stopped"));
        } catch (InstanceGoneException e) {
            return Optional.of(e);
        } catch (IncusStemcellException e) {
            LOG.debug("Whether '{}' still runs in {} was not found out", command, instance, e);
            return Optional.empty();
        }
    }

    boolean goesOn(InstanceInfo info) {
        boolean startedAgain = info.lastUsedAt()
                .flatMap(started -> asked.map(started::isAfter))
                .orElse(false);
        return !info.status().equals("Stopped") && !startedAgain;
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
