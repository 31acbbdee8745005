package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on one Debian package. A package that is not there fails all of them but {@link #isNotInstalled()}; so does one of which
 * only the configuration is left. {@link #satisfies} is given its {@link GuestPackage}.
 */
public final class PackageAssert extends GuestObjectAssert<PackageAssert, GuestPackage> {

    private final String name;

    PackageAssert(Subject subject, String name) {
        super(new Presence<>(
                subject,
                "package " + Arguments.packageName(name),
                () -> Packages.of(subject.stemcell()),
                packages -> packages.there(name),
                GuestPackage::words,
                packages -> packages.notThere(name)));
        this.name = name;
    }

    @Override
    PackageAssert that(String wanted, Predicate<GuestPackage> holds) {
        return super.that(wanted, entry -> entry.isInstalled() && holds.test(entry));
    }

    /** {@return this, where it is installed and configured} */
    public PackageAssert isInstalled() {
        return that("be installed", entry -> true);
    }

    /** {@return this, where nothing of it is there, or nothing but its configuration} */
    public PackageAssert isNotInstalled() {
        return isAbsent("not be installed");
    }

    /**
     * Verifies the version.
     *
     * @param version exactly this one, epoch and revision included, as {@code 1:9.6p1-3ubuntu13}
     * @return this
     */
    public PackageAssert hasVersion(String version) {
        Arguments.version(version);
        return that("have the version " + version, entry -> entry.version().equals(version));
    }

    /**
     * Verifies the version by the order of Debian's versions, in which 1.10 comes after 1.9, and 2~rc1 before 2.
     *
     * @param version the oldest that will do
     * @return this
     */
    public PackageAssert hasVersionAtLeast(String version) {
        Arguments.version(version);
        return that(
                "have the version " + version + " or a newer one",
                entry -> is(entry.version(), "ge", order -> order >= 0, version));
    }

    /**
     * Verifies the version by the order of Debian's versions; see {@link #hasVersionAtLeast}.
     *
     * @param version the newest that will do
     * @return this
     */
    public PackageAssert hasVersionAtMost(String version) {
        Arguments.version(version);
        return that(
                "have the version " + version + " or an older one",
                entry -> is(entry.version(), "le", order -> order <= 0, version));
    }

    /**
     * Verifies the version by the order of Debian's versions; see {@link #hasVersionAtLeast}.
     *
     * @param version the oldest that will not do
     * @return this
     */
    public PackageAssert hasVersionBelow(String version) {
        Arguments.version(version);
        return that("have a version below " + version, entry -> is(entry.version(), "lt", order -> order < 0, version));
    }

    /**
     * Goes on with the version in plain AssertJ.
     *
     * @return assertions on it, epoch and revision included
     */
    public AbstractStringAssert<?> version() {
        return subject.string(
                () -> presence.holds("be installed", GuestPackage::isInstalled),
                GuestPackage::version,
                "version of " + name + " on " + subject.name());
    }

    /**
     * Verifies that its files are those that were installed, as far as {@code dpkg --verify} can tell: by hashes of their contents.
     *
     * @param except absolute paths that may be changed or missing, with all that is below them, as configuration is
     * @return this
     */
    public PackageAssert isUnmodified(String... except) {
        List<String> excepted = Arguments.anyTexts(except, Arguments::plainPath);
        if (presence.holds("be installed", GuestPackage::isInstalled).isEmpty()) {
            return this;
        }
        Observation<List<String>> seen = new Observation<List<String>>(
                        subject.timing(), List::isEmpty, changed -> String.join("; ", changed))
                .polling(() -> new PackageFiles(subject.stemcell()).changed(excepted, name));
        subject.verify(
                "package " + name,
                "be unmodified" + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                seen,
                changed -> "dpkg says: " + String.join("; ", changed));
        return this;
    }

    private boolean is(String version, String relation, IntPredicate holds, String other) {
        Optional<DebianVersion> found = DebianVersion.of(version);
        Optional<DebianVersion> wanted = DebianVersion.of(other);
        return found.isPresent() && wanted.isPresent()
                ? holds.test(found.get().compareTo(wanted.get()))
                : isByDpkg(version, relation, other);
    }

    private boolean isByDpkg(String version, String relation, String other) {
        Command compare = Command.of("dpkg", "--compare-versions", version, relation, other);
        ExecResult result = subject.stemcell().inspect(compare);
        // What is no version dpkg warns of, and compares it all the same.
        if (result.exitCode() > 1 || !result.stderr().isEmpty()) {
            throw AssertionErrors.ofExit("Comparing versions by '" + compare + "' on " + subject.name(), result);
        }
        return result.isSuccess();
    }

    /**
     * Verifies the architecture.
     *
     * @param architecture Debian's word for it, as {@code amd64} or {@code all}
     * @return this
     */
    public PackageAssert hasArchitecture(String architecture) {
        Arguments.text(architecture);
        return that("have the architecture " + architecture, entry -> entry.architecture()
                .equals(architecture));
    }

    /** {@return this, where apt is told to neither upgrade nor remove it} */
    public PackageAssert isOnHold() {
        return that("be on hold", GuestPackage::isHeld);
    }
}
