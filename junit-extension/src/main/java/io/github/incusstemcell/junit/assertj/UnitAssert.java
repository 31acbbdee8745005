package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitFileState;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on one unit. A unit that does not exist fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given the
 * {@link Unit}, each state of it in turn.
 *
 * <p>The overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}) masks, enables and disables no unit: whether one is, is asked of
 * the image. It adds drop-ins, by which
 * some units have a condition, a dependency, an order or a property more than in the image, and {@code incus-stemcell-ssh-keys.service} and
 * {@code var-log.mount}.
 */
public final class UnitAssert extends UnitRunAssert {

    private static final Set<UnitFileState> ENABLED = Set.of(UnitFileState.ENABLED, UnitFileState.ENABLED_RUNTIME);

    UnitAssert(Subject subject, UnitCheck check) {
        super(subject, check);
    }

    /** For what a unit that failed, or that nothing can start, does not come to by itself. */
    private UnitAssert unlessItFails(String wanted, Predicate<Unit> holds) {
        check.holds(wanted, holds, check::cannotStart, unit -> "");
        return this;
    }

    /** {@return this, where there is such a unit, masked and broken ones included} */
    public UnitAssert exists() {
        check.isThere("exist", unit -> true);
        return this;
    }

    /** {@return this, where there is no such unit} */
    public UnitAssert doesNotExist() {
        check.isAbsent();
        return this;
    }

    /** {@return this, where its configuration was read} */
    public UnitAssert isLoaded() {
        check.isThere("be loaded", unit -> unit.loadState() == LoadState.LOADED);
        return this;
    }

    /** {@return this, where it is active; also while it reads its configuration again} */
    public UnitAssert isActive() {
        return unlessItFails("be active", UnitCheck::isActive);
    }

    /** {@return this, where it is anything but active, failed included} */
    public UnitAssert isNotActive() {
        return that("not be active", unit -> !UnitCheck.isActive(unit));
    }

    /** {@return this, where it is inactive; a unit that failed is not} */
    public UnitAssert isInactive() {
        return unlessItFails("be inactive", unit -> unit.activeState() == ActiveState.INACTIVE);
    }

    /** {@return this, where it has failed, for good: one that systemd is about to restart has not} */
    public UnitAssert isFailed() {
        return that("be failed", check::hasFailed);
    }

    /** {@return this, where it has not failed, whatever else it does} */
    public UnitAssert isNotFailed() {
        return that("not be failed", unit -> !check.hasFailed(unit));
    }

    /** {@return this, where it reads its configuration again} */
    public UnitAssert isReloading() {
        return unlessItFails("be reloading", unit -> unit.activeState() == ActiveState.RELOADING);
    }

    /**
     * Verifies that the default target pulls it in at boot, whether its own unit file says so, another one, an alias or a generator, as for
     * scripts of SysV.
     *
     * @return this
     */
    public UnitAssert startsAtBoot() {
        return boot("start at boot", true);
    }

    /** {@return this, where the default target does not pull it in; a socket, timer or path may still start it later} */
    public UnitAssert doesNotStartAtBoot() {
        return boot("not start at boot", false);
    }

    private UnitAssert boot(String wanted, boolean starts) {
        return that(
                wanted,
                unit -> {
                    Set<String> atBoot = BootDependencies.of(subject.stemcell());
                    return starts == (unit.names().stream().anyMatch(atBoot::contains) || atBoot.contains(unit.name()));
                },
                unit -> "  wanted by: " + String.join(" ", unit.dependencies(Dependency.WANTED_BY)) + "\n");
    }

    /**
     * Verifies the state in the words of the unit's type.
     *
     * @param subState as {@code running} or {@code exited}
     * @return this
     */
    public UnitAssert hasSubState(String subState) {
        Arguments.text(subState);
        return that("have the sub state " + subState, unit -> unit.subState().equals(subState));
    }

    /**
     * Verifies the state of its file, in one of systemd's words that have no method of their own here.
     *
     * @param state as {@link UnitFileState#INDIRECT} or {@link UnitFileState#ENABLED_RUNTIME}
     * @return this
     */
    public UnitAssert hasUnitFileState(UnitFileState state) {
        Objects.requireNonNull(state, "state");
        return that("have the unit file state " + state, unit -> unit.unitFileState() == state);
    }

    private UnitAssert isOf(UnitFileState state) {
        return that("be " + state, unit -> unit.unitFileState() == state);
    }

    /** {@return this, where it is enabled, for good or until the next boot; a static unit is not} */
    public UnitAssert isEnabled() {
        return that("be enabled", unit -> ENABLED.contains(unit.unitFileState()));
    }

    /** {@return this, where it is anything but enabled: disabled, static, masked...} */
    public UnitAssert isNotEnabled() {
        return that("not be enabled", unit -> !ENABLED.contains(unit.unitFileState()));
    }

    /** {@return this, where it could be enabled and is not} */
    public UnitAssert isDisabled() {
        return isOf(UnitFileState.DISABLED);
    }

    /** {@return this, where it has nothing by which it could be enabled} */
    public UnitAssert isStatic() {
        return isOf(UnitFileState.STATIC);
    }

    /** {@return this, where nothing can start it} */
    public UnitAssert isMasked() {
        return that("be masked", unit -> unit.loadState() == LoadState.MASKED);
    }

    /** {@return this, where it can be started} */
    public UnitAssert isNotMasked() {
        return that("not be masked", unit -> unit.loadState() != LoadState.MASKED);
    }

    /** {@return this, where a generator wrote it} */
    public UnitAssert isGenerated() {
        return isOf(UnitFileState.GENERATED);
    }

    /**
     * Verifies how much of the system an attacker in this service would be exposed to, as {@code systemd-analyze security} has it.
     *
     * @param exposure the most that is accepted, from 0, where everything is shut off, to less than 10
     * @return this
     */
    public UnitAssert hasSecurityExposureAtMost(double exposure) {
        new Exposure(subject.stemcell()).check(check, exposure);
        return this;
    }

    /**
     * Verifies one property.
     *
     * @param name systemd's name of it, as {@code Restart}
     * @param text what {@code systemctl show} prints of it
     * @return this
     */
    public UnitAssert hasProperty(String name, String text) {
        Arguments.text(name);
        Objects.requireNonNull(text, "text");
        return that(
                "have " + name + "=" + text,
                unit -> unit.property(name).filter(text::equals).isPresent(),
                unit -> UnitDetails.property(unit, name));
    }

    /**
     * Verifies a relation to another unit.
     *
     * @param dependency the relation
     * @param other the other unit's name, which may be an alias, and need not exist
     * @return this
     */
    public UnitAssert hasDependency(Dependency dependency, String other) {
        Relation relation = Relation.to(other, dependency, check.systemd());
        return that("have " + relation, relation::isOf, relation::details);
    }

    /**
     * Verifies that it has no such relation to another unit.
     *
     * @param dependency the relation
     * @param other the other unit's name, which may be an alias, and need not exist
     * @return this
     */
    public UnitAssert doesNotHaveDependency(Dependency dependency, String other) {
        Relation relation = Relation.to(other, dependency, check.systemd());
        return that("not have " + relation, unit -> !relation.isOf(unit), relation::details);
    }

    /**
     * Verifies the order of starting.
     *
     * @param other the name of the unit that starts after this one
     * @return this
     */
    public UnitAssert isOrderedBefore(String other) {
        return hasDependency(Dependency.BEFORE, other);
    }

    /**
     * Verifies the order of starting.
     *
     * @param other the name of the unit that starts before this one
     * @return this
     */
    public UnitAssert isOrderedAfter(String other) {
        return hasDependency(Dependency.AFTER, other);
    }

    /**
     * Verifies that systemd finds nothing to say of its files, as {@code systemd-analyze verify} does; what that says of other units, which it
     * loads, too, does not count.
     *
     * @param except parts of lines that it may print, as {@code Command 'man}: where manual pages are left out of an image, for example; not
     *     null
     * @return this
     */
    public UnitAssert hasValidFiles(String... except) {
        new UnitVerification(subject.stemcell(), check.isUsers())
                .check(check, Arguments.anyTexts(except, Arguments::text));
        return this;
    }

    /** {@return this, where its conditions were looked at and held} */
    public UnitAssert hasConditionsMet() {
        return that("have its conditions met", unit -> unit.conditionsMet().orElse(false), UnitDetails::conditions);
    }

    /** {@return this, where its conditions were looked at and one did not hold; systemd forgets that of units to which nothing refers} */
    public UnitAssert hasConditionsNotMet() {
        return that("not have its conditions met", unit -> !unit.conditionsMet().orElse(true), UnitDetails::conditions);
    }

    /**
     * Verifies that a drop-in was read.
     *
     * @param path its path in the guest
     * @return this
     */
    public UnitAssert hasDropIn(String path) {
        Arguments.plainPath(path);
        return that("have the drop-in " + path, unit -> unit.dropIns().contains(path), UnitDetails::dropIns);
    }

    /**
     * Verifies another name.
     *
     * @param name a full name by which it is known, too, or its own
     * @return this
     */
    public UnitAssert hasName(String name) {
        Arguments.unit(name);
        return that("have the name " + name, unit -> unit.names().contains(name), UnitDetails::names);
    }

    /**
     * Goes on with one property in plain AssertJ.
     *
     * @param name systemd's name of it
     * @return assertions on what {@code systemctl show} prints of it
     */
    public AbstractStringAssert<?> property(String name) {
        Arguments.text(name);
        return subject.string(
                () -> check.holds(
                        "have a property " + name,
                        now -> now.property(name).isPresent(),
                        now -> UnitDetails.property(now, name)),
                now -> now.property(name).orElseThrow(),
                name + " of unit " + check.name());
    }

    /**
     * Goes on with anything that systemd says of it in plain AssertJ, as {@code extracting(Unit::memoryBytes)}.
     *
     * @param <T> its type
     * @param what what to take of the unit
     * @return assertions on that
     */
    public <T> AbstractObjectAssert<?, T> extracting(Function<Unit, T> what) {
        return subject.object(() -> check.holds("exist", unit -> true), what, "unit " + check.name());
    }
}
