package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitFileState;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;

/** Assertions on one unit. A unit that does not exist fails all of them but {@link #doesNotExist()}. */
public final class UnitAssert {

    private final UnitCheck check;

    UnitAssert(Subject subject, String name) {
        this.check = new UnitCheck(subject, name);
    }

    private UnitAssert that(String wanted, Predicate<Unit> holds) {
        check.holds(wanted, holds, unit -> false);
        return this;
    }

    /** For what a unit that failed, or that nothing can start, does not come to by itself. */
    private UnitAssert unlessItFails(String wanted, Predicate<Unit> holds) {
        check.holds(
                wanted,
                holds,
                unit -> unit.loadState() != LoadState.LOADED || unit.activeState() == ActiveState.FAILED);
        return this;
    }

    /** {@return this, where there is such a unit, masked and broken ones included} */
    public UnitAssert exists() {
        return that("exist", unit -> true);
    }

    /** {@return this, where there is no such unit} */
    public UnitAssert doesNotExist() {
        check.isAbsent();
        return this;
    }

    /** {@return this, where its configuration was read} */
    public UnitAssert isLoaded() {
        return that("be loaded", unit -> unit.loadState() == LoadState.LOADED);
    }

    /** {@return this, where it is active; also while it reads its configuration again} */
    public UnitAssert isActive() {
        return unlessItFails(
                "be active", unit -> Set.of(ActiveState.ACTIVE, ActiveState.RELOADING, ActiveState.REFRESHING)
                        .contains(unit.activeState()));
    }

    /** {@return this, where it is inactive; a unit that failed is not} */
    public UnitAssert isInactive() {
        return unlessItFails("be inactive", unit -> unit.activeState() == ActiveState.INACTIVE);
    }

    /** {@return this, where it has failed} */
    public UnitAssert isFailed() {
        return that("be failed", unit -> unit.activeState() == ActiveState.FAILED);
    }

    /** {@return this, where it reads its configuration again} */
    public UnitAssert isReloading() {
        return unlessItFails("be reloading", unit -> unit.activeState() == ActiveState.RELOADING);
    }

    /**
     * Checks the state in the words of the unit's type.
     *
     * @param subState as {@code running} or {@code exited}; not null
     * @return this
     */
    public UnitAssert hasSubState(String subState) {
        return that("have the sub state " + subState, unit -> unit.subState().equals(subState));
    }

    private UnitAssert hasFileState(String wanted, UnitFileState... states) {
        return that(wanted, unit -> List.of(states).contains(unit.unitFileState()));
    }

    /** {@return this, where it is enabled, for good or until the next boot; a static unit is not} */
    public UnitAssert isEnabled() {
        return hasFileState("be enabled", UnitFileState.ENABLED, UnitFileState.ENABLED_RUNTIME);
    }

    /** {@return this, where it could be enabled and is not} */
    public UnitAssert isDisabled() {
        return hasFileState("be disabled", UnitFileState.DISABLED);
    }

    /** {@return this, where it has nothing by which it could be enabled} */
    public UnitAssert isStatic() {
        return hasFileState("be static", UnitFileState.STATIC);
    }

    /** {@return this, where nothing can start it} */
    public UnitAssert isMasked() {
        return that("be masked", unit -> unit.loadState() == LoadState.MASKED);
    }

    /** {@return this, where a generator wrote it} */
    public UnitAssert isGenerated() {
        return hasFileState("be generated", UnitFileState.GENERATED);
    }

    /**
     * Checks how its last run ended.
     *
     * @param result systemd's word, as {@code success}, {@code exit-code} or {@code timeout}; not null
     * @return this
     */
    public UnitAssert hasResult(String result) {
        return that(
                "have the result " + result,
                unit -> unit.result().orElse("").equals(result)
                        && unit.invocationId().isPresent());
    }

    /**
     * Checks how its main process ended.
     *
     * @param code the exit code
     * @return this
     */
    public UnitAssert hasExited(int code) {
        return that("have exited with " + code, unit -> unit.exitCode().orElse(-1) == code);
    }

    /**
     * Checks how its main process ended.
     *
     * @param signal the number of the signal
     * @return this
     */
    public UnitAssert wasKilledBy(int signal) {
        return that(
                "have been killed by signal " + signal, unit -> unit.signal().orElse(-1) == signal);
    }

    /** {@return this, where systemd never restarted it by itself} */
    public UnitAssert hasNotRestarted() {
        return that("not have restarted", unit -> unit.restarts().orElse(-1) == 0);
    }

    /**
     * Checks how often systemd restarted it by itself.
     *
     * @param times how often at least
     * @return this
     */
    public UnitAssert hasRestartedAtLeast(int times) {
        return that(
                "have restarted at least " + times + " times",
                unit -> unit.restarts().orElse(-1) >= times);
    }

    /**
     * Checks one property.
     *
     * @param name systemd's name of it, as {@code Restart}; not null
     * @param text what {@code systemctl show} prints of it; not null
     * @return this
     */
    public UnitAssert hasProperty(String name, String text) {
        return that(
                "have " + name + "=" + text,
                unit -> unit.property(name).filter(text::equals).isPresent());
    }

    /**
     * Checks a relation to another unit.
     *
     * @param dependency the relation; not null
     * @param other the other unit's full name; not null
     * @return this
     */
    public UnitAssert hasDependency(Dependency dependency, String other) {
        return that("have " + dependency.property() + "=" + other, unit -> unit.dependencies(dependency)
                .contains(other));
    }

    /**
     * Checks the order of starting.
     *
     * @param other the full name of the unit that starts after this one; not null
     * @return this
     */
    public UnitAssert isOrderedBefore(String other) {
        return hasDependency(Dependency.BEFORE, other);
    }

    /**
     * Checks the order of starting.
     *
     * @param other the full name of the unit that starts before this one; not null
     * @return this
     */
    public UnitAssert isOrderedAfter(String other) {
        return hasDependency(Dependency.AFTER, other);
    }

    /** {@return this, where its conditions were looked at and held} */
    public UnitAssert hasConditionsMet() {
        return that("have its conditions met", unit -> unit.conditionsMet().orElse(false));
    }

    /**
     * Checks that a drop-in was read.
     *
     * @param path its path in the guest; not null
     * @return this
     */
    public UnitAssert hasDropIn(String path) {
        return that("have the drop-in " + path, unit -> unit.dropIns().contains(path));
    }

    /**
     * Goes on with one property in plain AssertJ.
     *
     * @param name systemd's name of it; not null
     * @return assertions on what {@code systemctl show} prints of it
     */
    public AbstractStringAssert<?> property(String name) {
        Unit unit =
                check.holds("have a property " + name, now -> now.property(name).isPresent(), now -> false);
        return Assertions.assertThat(unit.property(name).orElseThrow()).as("%s of unit %s", name, unit.name());
    }
}
