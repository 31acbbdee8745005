package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * What systemd said of one unit at one moment (org.freedesktop.systemd1.Unit and the interface of its type).
 *
 * <p>A unit that does not exist has one, too: look at {@link #exists()} before anything else, because systemd says
 * {@code inactive} and {@code Result=success} of it.
 */
public final class Unit {

    /** How a main process ended by itself, in the words of waitid(2). */
    private static final long CLD_EXITED = 1;

    private static final long CLD_DUMPED = 3;

    private final PropertyValues values;

    Unit(Map<String, Object> properties) {
        values = new PropertyValues(properties);
    }

    PropertyValues values() {
        return values;
    }

    /** {@return the unit's name, also where it was asked for by an alias} */
    public String name() {
        return values.text("Id");
    }

    /** {@return its name and all its aliases} */
    public List<String> names() {
        return values.list("Names");
    }

    /** {@return the description for people; the name where there is none} */
    public String description() {
        return values.text("Description");
    }

    /** {@return whether there is such a unit, masked and broken ones included} */
    public boolean exists() {
        return loadState() != LoadState.NOT_FOUND;
    }

    /** {@return whether its configuration was read} */
    public LoadState loadState() {
        return LoadState.of(values.text("LoadState"));
    }

    /** {@return why the configuration could not be read; empty where it could} */
    public Optional<String> loadError() {
        return values.loadError();
    }

    /** {@return what it does} */
    public ActiveState activeState() {
        return ActiveState.of(values.text("ActiveState"));
    }

    /** {@return the same in the words of its type, as {@code running}, {@code exited} or {@code auto-restart}} */
    public String subState() {
        return values.text("SubState");
    }

    /** {@return whether it is started at boot} */
    public UnitFileState unitFileState() {
        return UnitFileState.of(values.text("UnitFileState"));
    }

    /** {@return where its configuration lies; empty where it has no file} */
    public Optional<String> fragmentPath() {
        return values.optionalText("FragmentPath");
    }

    /** {@return the drop-ins that were read, in their order} */
    public List<String> dropIns() {
        return values.list("DropInPaths");
    }

    /** {@return whether files changed on the disk since they were read} */
    public boolean needsDaemonReload() {
        return values.flag("NeedDaemonReload");
    }

    /**
     * {@return how the last run ended, in systemd's word: {@code success}, {@code exit-code}, {@code signal}, {@code
     * timeout}, {@code oom-kill}...; empty for types of units that have none}
     */
    public Optional<String> result() {
        return values.optionalText("Result");
    }

    /** {@return the exit code of the main process; empty where it runs, never ran, or died of a signal} */
    public OptionalInt exitCode() {
        return values.count("ExecMainCode").orElse(0) == CLD_EXITED ? status() : OptionalInt.empty();
    }

    /** {@return the signal of which the main process died; empty where it did not} */
    public OptionalInt signal() {
        return values.count("ExecMainCode").orElse(0) > CLD_EXITED ? status() : OptionalInt.empty();
    }

    /** {@return whether the main process dumped core} */
    public boolean dumpedCore() {
        return values.count("ExecMainCode").orElse(0) == CLD_DUMPED;
    }

    private OptionalInt status() {
        OptionalLong status = values.count("ExecMainStatus");
        return status.isPresent() ? OptionalInt.of((int) status.getAsLong()) : OptionalInt.empty();
    }

    /** {@return how often systemd restarted it by itself; empty for units that are no services} */
    public OptionalInt restarts() {
        OptionalLong restarts = values.count("NRestarts");
        return restarts.isPresent() ? OptionalInt.of((int) restarts.getAsLong()) : OptionalInt.empty();
    }

    /** {@return the main process; empty where none runs} */
    public OptionalLong mainPid() {
        OptionalLong pid = values.count("MainPID");
        return pid.isPresent() && pid.getAsLong() > 0 ? pid : OptionalLong.empty();
    }

    /** {@return the 32 hex digits that name this run; empty where it never ran} */
    public Optional<String> invocationId() {
        return values.optionalText("InvocationID");
    }

    /** {@return when its state last changed, to the microsecond; empty where it never did} */
    public Optional<Instant> stateChanged() {
        return values.time("StateChangeTimestamp");
    }

    /** {@return when it last began to start; empty where it never did} */
    public Optional<Instant> inactiveExit() {
        return values.time("InactiveExitTimestamp");
    }

    /** {@return when it last became active; empty where it never did} */
    public Optional<Instant> activeEnter() {
        return values.time("ActiveEnterTimestamp");
    }

    /** {@return when it last began to stop; empty where it never did} */
    public Optional<Instant> activeExit() {
        return values.time("ActiveExitTimestamp");
    }

    /** {@return when it last became inactive or failed; empty where it never did} */
    public Optional<Instant> inactiveEnter() {
        return values.time("InactiveEnterTimestamp");
    }

    /** {@return when the main process last started; empty where it never did} */
    public Optional<Instant> mainProcessStarted() {
        return values.time("ExecMainStartTimestamp");
    }

    /** {@return when the main process last ended; empty where it runs or never ran} */
    public Optional<Instant> mainProcessEnded() {
        return values.time("ExecMainExitTimestamp");
    }

    /** {@return the memory that it uses, in bytes; empty where systemd does not count it} */
    public OptionalLong memoryBytes() {
        return values.count("MemoryCurrent");
    }

    /** {@return the processor time that it used; empty where systemd does not count it} */
    public Optional<Duration> cpuTime() {
        OptionalLong nanos = values.count("CPUUsageNSec");
        return nanos.isPresent() ? Optional.of(Duration.ofNanos(nanos.getAsLong())) : Optional.empty();
    }

    /** {@return how many processes and threads it has; empty where systemd does not count them} */
    public OptionalLong tasks() {
        return values.count("TasksCurrent");
    }

    /** {@return whether its conditions held when they were last looked at; empty where they never were} */
    public Optional<Boolean> conditionsMet() {
        return values.time("ConditionTimestamp").map(when -> values.flag("ConditionResult"));
    }

    /** {@return its conditions and how each came out; empty where {@code systemctl} had to be asked} */
    public List<UnitCondition> conditions() {
        return UnitCondition.of(values);
    }

    /**
     * The units to which it stands in a relation.
     *
     * @param dependency the relation
     * @return their names
     */
    public List<String> dependencies(Dependency dependency) {
        return values.list(dependency.property());
    }

    /**
     * One property, in the text that {@code systemctl show --timestamp=us+utc} prints: {@code yes}, {@code 1min 30s},
     * {@code [not set]}, {@code infinity}.
     *
     * @param name systemd's name of it, as {@code Restart}
     * @return the text, empty for a property that has no value; {@link Optional#empty()} for one that units of this type
     *     do not have
     */
    public Optional<String> property(String name) {
        return values.shown(name);
    }

    /** {@return the names of all properties that systemd gave, in alphabetical order} */
    public TreeSet<String> propertyNames() {
        return values.names();
    }

    /** {@return the unit as messages show it: {@code failed (failed)  Result=exit-code  status=7  NRestarts=0}} */
    @Override
    public String toString() {
        if (!exists()) {
            return "not-found";
        }
        StringBuilder text = new StringBuilder();
        if (loadState() != LoadState.LOADED) {
            text.append(loadState()).append(", ");
        }
        text.append(activeState()).append(" (").append(subState()).append(")");
        result().ifPresent(result -> text.append("  Result=").append(result));
        exitCode().ifPresent(code -> text.append("  status=").append(code));
        signal().ifPresent(signal -> text.append("  signal=").append(signal));
        restarts().ifPresent(restarts -> text.append("  NRestarts=").append(restarts));
        return text.toString();
    }
}
