package io.github.incusstemcell.systemd;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A way to ask one service manager, and to have it act; all ways give the same answers. */
sealed interface ServiceManager extends AutoCloseable permits BusManager, SystemctlManager {

    /** What is told of changes until it is closed. */
    interface Subscription extends AutoCloseable {
        /** Makes sure that all that has happened so far has been handed to the listener. */
        default void catchUp() {}

        @Override
        void close();
    }

    /**
     * For those who cannot wait longer.
     *
     * @param answer how long the manager may take for an answer that it can give at once, and for a connection to it
     * @return the same, over the same connection
     */
    ServiceManager answeringWithin(Duration answer);

    /** {@return the properties of the manager itself, by name} */
    Map<String, Object> manager();

    /** {@return all properties of a unit, by name; those of a unit that does not exist have LoadState not-found} */
    Map<String, Object> unit(String name);

    /** {@return all properties of each unit; many cost little more than one} */
    List<Map<String, Object>> units(List<String> names);

    List<UnitSummary> list();

    /** {@return the state of each unit file on the disk, by unit name} */
    Map<String, UnitFileState> unitFiles();

    List<Job> jobs();

    /** Queues a job and waits for its end: {@return its result, {@code done} where it succeeded} */
    String run(JobVerb verb, String unit, Duration timeout);

    /** Makes a unit from properties and waits until its start job is over: {@return the job's result} */
    String runTransient(String name, List<TransientUnit.Property> properties, Duration timeout);

    void change(UnitFileVerb verb, List<String> units);

    void reload();

    /** Forgets the failure of a unit, or of all where the name is null. */
    void resetFailed(@Nullable String unit);

    void kill(String unit, int signal);

    /** Hands each event to the listener, in the order in which they happened; the listener must not wait. */
    Subscription listen(Consumer<ManagerEvent> listener);

    /** Hands the listener all properties of a unit as they are now, and again at each change; null once that ends. */
    Subscription watch(String unit, Consumer<@Nullable Map<String, Object>> listener);

    @Override
    void close();
}
