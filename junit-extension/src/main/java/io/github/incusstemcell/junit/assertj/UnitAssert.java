package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitFileState;
import java.util.Objects;
import java.util.Optional;
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

    /**
     * Verifies that there is such a unit, masked and broken ones included.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").exists(); // passes
     * assertThat(stemcell).unit("no-such.service").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert exists() {
        check.isThere("exist", unit -> true);
        return this;
    }

    /**
     * Verifies that there is no such unit.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("no-such.service").doesNotExist(); // passes
     * assertThat(stemcell).unit("cron.service").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert doesNotExist() {
        check.isAbsent();
        return this;
    }

    /**
     * Verifies that the configuration of the unit was read.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").isLoaded(); // passes
     * stemcell.systemd().mask("unwanted.service");
     * assertThat(stemcell).unit("unwanted.service").isLoaded(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isLoaded() {
        check.isThere("be loaded", unit -> unit.loadState() == LoadState.LOADED);
        return this;
    }

    /**
     * Verifies that the unit is active; also while it reads its configuration again.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").isActive(); // passes
     * assertThat(stemcell).unit("debug-shell.service").isActive(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isActive() {
        return unlessItFails("be active", UnitCheck::isActive);
    }

    /**
     * Verifies that the unit is anything but active, failed included.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("debug-shell.service").isNotActive(); // passes
     * assertThat(stemcell).unit("cron.service").isNotActive(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isNotActive() {
        return that("not be active", unit -> !UnitCheck.isActive(unit));
    }

    /**
     * Verifies that the unit is inactive; a unit that failed is not.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("debug-shell.service").isInactive(); // passes
     * assertThat(stemcell).unit("cron.service").isInactive(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isInactive() {
        return unlessItFails("be inactive", unit -> unit.activeState() == ActiveState.INACTIVE);
    }

    /**
     * Verifies that the unit has failed, for good: one that systemd is about to restart has not.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=failing", "--wait", "false");
     * assertThat(stemcell).unit("failing").isFailed(); // passes
     * stemcell.systemd().resetFailed("failing");
     * assertThat(stemcell).unit("cron").isFailed(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isFailed() {
        return that("be failed", check::hasFailed);
    }

    /**
     * Verifies that the unit has not failed, whatever else it does.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").isNotFailed(); // passes
     * stemcell.exec("systemd-run", "--unit=no-good", "--wait", "false");
     * assertThat(stemcell).unit("no-good").isNotFailed(); // fails
     * stemcell.systemd().resetFailed("no-good");
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isNotFailed() {
        return that("not be failed", unit -> !check.hasFailed(unit));
    }

    /**
     * Verifies that the unit reads its configuration again.
     *
     * <pre>{@code
     * stemcell.systemd().writeUnit("reader.service", "[Service]\nExecStart=sleep infinity\nExecReload=-sleep infinity\n");
     * stemcell.systemd().start("reader");
     * stemcell.exec("systemctl", "reload", "--no-block", "reader");
     * assertThat(stemcell).within(ofSeconds(30)).unit("reader").isReloading(); // passes
     * assertThat(stemcell).unit("cron").isReloading(); // fails
     * stemcell.systemd().stop("reader");
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isReloading() {
        return unlessItFails("be reloading", unit -> unit.activeState() == ActiveState.RELOADING);
    }

    /**
     * Verifies that the default target starts the unit at boot, whether its own unit file says so, another one, an alias or a generator,
     * as for scripts of SysV; of a user's unit, that of the user's service manager, as that starts. A masked unit is started by nothing, nor
     * is one that needs a unit that cannot be loaded, that conflicts with what the target needs, or that only a link in {@code /run} enables. Where it
     * cannot be told, as of one that is masked until the next boot, that conflicts with another one that starts, of which systemd has not
     * read a new link or file yet, or that a systemd before 254 may start in spite of what it needs, this fails, and so does {@link
     * #doesNotStartAtBoot}.
     *
     * <p>It goes by what systemd has read: a link that was removed since counts until a {@code daemon-reload}. Drop-ins in {@code /run}, and
     * links of a user's unit there, count as those that stay. Whether the unit comes up is not looked at: that its conditions are met, that
     * those of {@code Requisite=} are active by then, or that a unit over which it is started, or that it needs, has no conflict.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").startsAtBoot(); // passes
     * assertThat(stemcell).unit("debug-shell.service").startsAtBoot(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert startsAtBoot() {
        return boot("start at boot", true);
    }

    /**
     * Verifies that the default target does not start the unit; a socket, timer or path may still do so later. Where it cannot be told, this
     * fails: see {@link #startsAtBoot}.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("debug-shell.service").doesNotStartAtBoot(); // passes
     * assertThat(stemcell).unit("cron.service").doesNotStartAtBoot(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert doesNotStartAtBoot() {
        return boot("not start at boot", false);
    }

    private UnitAssert boot(String wanted, boolean starts) {
        return that(
                wanted,
                unit -> BootDependencies.of(check).of(unit).is(starts),
                unit -> "  wanted by: " + String.join(" ", unit.dependencies(Dependency.WANTED_BY)) + "\n"
                        + Optional.of(BootDependencies.of(check).of(unit).why())
                                .filter(why -> !why.isEmpty())
                                .map(why -> "  at the next boot: " + why + "\n")
                                .orElse(""));
    }

    /**
     * Verifies that the unit is in a state, in the words of its type.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").hasSubState("running"); // passes
     * assertThat(stemcell).unit("cron.service").hasSubState("exited"); // fails
     * }</pre>
     *
     * @param subState the state, as {@code running} or {@code exited}
     * @return this assertion object
     */
    public UnitAssert hasSubState(String subState) {
        Arguments.text(subState);
        return that("have the sub state " + subState, unit -> unit.subState().equals(subState));
    }

    /**
     * Verifies that the file of the unit is in a state, in one of systemd's words that have no method of their own here.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("uuidd.service").hasUnitFileState(UnitFileState.INDIRECT); // passes
     * assertThat(stemcell).unit("cron.service").hasUnitFileState(UnitFileState.INDIRECT); // fails
     * }</pre>
     *
     * @param state the state, as {@link UnitFileState#INDIRECT} or {@link UnitFileState#ENABLED_RUNTIME}
     * @return this assertion object
     */
    public UnitAssert hasUnitFileState(UnitFileState state) {
        Objects.requireNonNull(state, "state");
        return that("have the unit file state " + state, unit -> unit.unitFileState() == state);
    }

    private UnitAssert isOf(UnitFileState state) {
        return that("be " + state, unit -> unit.unitFileState() == state);
    }

    /**
     * Verifies that the unit is enabled, for good or until the next boot; a static unit is not.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").isEnabled(); // passes
     * assertThat(stemcell).unit("systemd-journald.service").isEnabled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isEnabled() {
        return that("be enabled", unit -> ENABLED.contains(unit.unitFileState()));
    }

    /**
     * Verifies that the unit is anything but enabled: disabled, static, masked...
     *
     * <pre>{@code
     * assertThat(stemcell).unit("debug-shell.service").isNotEnabled(); // passes
     * assertThat(stemcell).unit("cron.service").isNotEnabled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isNotEnabled() {
        return that("not be enabled", unit -> !ENABLED.contains(unit.unitFileState()));
    }

    /**
     * Verifies that the unit could be enabled and is not.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("debug-shell.service").isDisabled(); // passes
     * assertThat(stemcell).unit("cron.service").isDisabled(); // fails
     * assertThat(stemcell).unit("systemd-journald.service").isDisabled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isDisabled() {
        return isOf(UnitFileState.DISABLED);
    }

    /**
     * Verifies that the unit has nothing by which it could be enabled.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("systemd-journald.service").isStatic(); // passes
     * assertThat(stemcell).unit("cron.service").isStatic(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isStatic() {
        return isOf(UnitFileState.STATIC);
    }

    /**
     * Verifies that nothing can start the unit.
     *
     * <pre>{@code
     * stemcell.systemd().mask("unwanted.service");
     * assertThat(stemcell).unit("unwanted.service").isMasked(); // passes
     * assertThat(stemcell).unit("cron.service").isMasked(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isMasked() {
        return that("be masked", unit -> unit.loadState() == LoadState.MASKED);
    }

    /**
     * Verifies that the unit can be started.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron.service").isNotMasked(); // passes
     * stemcell.systemd().mask("unwanted.service");
     * assertThat(stemcell).unit("unwanted.service").isNotMasked(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isNotMasked() {
        return that("not be masked", unit -> unit.loadState() != LoadState.MASKED);
    }

    /**
     * Verifies that a generator wrote the unit.
     *
     * <pre>{@code
     * stemcell.files().append("/etc/fstab", "none /mnt tmpfs noauto 0 0\n");
     * stemcell.systemd().daemonReload();
     * assertThat(stemcell).unit("mnt.mount").isGenerated(); // passes
     * assertThat(stemcell).unit("cron.service").isGenerated(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert isGenerated() {
        return isOf(UnitFileState.GENERATED);
    }

    /**
     * Verifies that an attacker in this service would be exposed to no more of the system than so much, as {@code systemd-analyze security}
     * has it.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasSecurityExposureAtMost(9.9); // passes
     * assertThat(stemcell).unit("cron").hasSecurityExposureAtMost(5); // fails
     * }</pre>
     *
     * @param exposure the most that is accepted, from 0, where everything is shut off, to less than 10
     * @return this assertion object
     */
    public UnitAssert hasSecurityExposureAtMost(double exposure) {
        new Exposure(check).check(exposure);
        return this;
    }

    /**
     * Verifies that a property has a value.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasProperty("Restart", "on-failure"); // passes
     * assertThat(stemcell).unit("cron").hasProperty("Restart", "always"); // fails
     * }</pre>
     *
     * @param name systemd's name of it, as {@code Restart}
     * @param text what {@code systemctl show} prints of it
     * @return this assertion object
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
     * Verifies that the unit has a relation to another one.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasDependency(WANTED_BY, "multi-user.target"); // passes
     * assertThat(stemcell).unit("cron").hasDependency(REQUIRES, "dbus.socket"); // fails
     * }</pre>
     *
     * @param dependency the relation
     * @param other the other unit's name, which may be an alias, and need not exist
     * @return this assertion object
     */
    public UnitAssert hasDependency(Dependency dependency, String other) {
        Relation relation = Relation.to(other, dependency, check.systemd());
        return that("have " + relation, relation::isOf, relation::details);
    }

    /**
     * Verifies that the unit has no such relation to another one.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").doesNotHaveDependency(REQUIRES, "dbus.socket"); // passes
     * assertThat(stemcell).unit("cron").doesNotHaveDependency(WANTED_BY, "multi-user.target"); // fails
     * }</pre>
     *
     * @param dependency the relation
     * @param other the other unit's name, which may be an alias, and need not exist
     * @return this assertion object
     */
    public UnitAssert doesNotHaveDependency(Dependency dependency, String other) {
        Relation relation = Relation.to(other, dependency, check.systemd());
        return that("not have " + relation, unit -> !relation.isOf(unit), relation::details);
    }

    /**
     * Verifies that the unit is started before another one, where both are started.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").isOrderedBefore("multi-user.target"); // passes
     * assertThat(stemcell).unit("cron").isOrderedBefore("basic.target"); // fails
     * }</pre>
     *
     * @param other the name of the unit that starts after this one
     * @return this assertion object
     */
    public UnitAssert isOrderedBefore(String other) {
        return hasDependency(Dependency.BEFORE, other);
    }

    /**
     * Verifies that the unit is started after another one, where both are started.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").isOrderedAfter("basic.target"); // passes
     * assertThat(stemcell).unit("cron").isOrderedAfter("multi-user.target"); // fails
     * }</pre>
     *
     * @param other the name of the unit that starts before this one
     * @return this assertion object
     */
    public UnitAssert isOrderedAfter(String other) {
        return hasDependency(Dependency.AFTER, other);
    }

    /**
     * Verifies that systemd finds nothing to say of the files of the unit, as {@code systemd-analyze verify} does; what that says of other
     * units, which it loads, too, does not count.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasValidFiles("cron(8)"); // passes
     * stemcell.systemd().writeUnit("odd.service", "[Service]\nColour=blue\nExecStart=true\n");
     * assertThat(stemcell).unit("odd").hasValidFiles(); // fails
     * }</pre>
     *
     * @param except parts of lines that it may print, as {@code cron(8)} where manual pages are left out of an image; not null
     * @return this assertion object
     */
    public UnitAssert hasValidFiles(String... except) {
        new UnitVerification(check).verify(Arguments.anyTexts(except, Arguments::text));
        return this;
    }

    /**
     * Verifies that the conditions of the unit were looked at and held.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").hasConditionsMet(); // passes
     * stemcell.systemd().writeUnit("picky.service", "[Unit]\nConditionPathExists=/no/such\n[Service]\nExecStart=true\n");
     * stemcell.exec("systemctl", "start", "picky");
     * assertThat(stemcell).unit("picky").hasConditionsMet(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert hasConditionsMet() {
        return that("have its conditions met", unit -> unit.conditionsMet().orElse(false), UnitDetails::conditions);
    }

    /**
     * Verifies that the conditions of the unit were looked at and one did not hold; systemd forgets that of units to which nothing refers.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("systemd-firstboot").hasConditionsNotMet(); // passes
     * assertThat(stemcell).unit("cron").hasConditionsNotMet(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public UnitAssert hasConditionsNotMet() {
        return that("not have its conditions met", unit -> !unit.conditionsMet().orElse(true), UnitDetails::conditions);
    }

    /**
     * Verifies that a drop-in of the unit was read.
     *
     * <pre>{@code
     * stemcell.systemd().writeDropIn("rsyslog.service", "patient", "[Service]\nTimeoutStopSec=5min\n");
     * assertThat(stemcell).unit("rsyslog").hasDropIn("/etc/systemd/system/rsyslog.service.d/patient.conf"); // passes
     * assertThat(stemcell).unit("rsyslog").hasDropIn("/etc/systemd/system/rsyslog.service.d/hasty.conf"); // fails
     * }</pre>
     *
     * @param path its path in the guest
     * @return this assertion object
     */
    public UnitAssert hasDropIn(String path) {
        Arguments.plainPath(path);
        return that("have the drop-in " + path, unit -> unit.dropIns().contains(path), UnitDetails::dropIns);
    }

    /**
     * Verifies that the unit is known by a name, too.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("rsyslog.service").hasName("syslog.service"); // passes
     * assertThat(stemcell).unit("rsyslog.service").hasName("journal.service"); // fails
     * }</pre>
     *
     * @param name a full name, which may be its own
     * @return this assertion object
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
