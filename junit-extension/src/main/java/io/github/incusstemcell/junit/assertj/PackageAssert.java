package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.function.Predicate;

/**
 * Assertions on one Debian package. A package that is not there fails all of them but {@link #isNotInstalled()}; so does one of which
 * only the configuration is left. {@link #satisfies} is given its {@link GuestPackage}.
 */
public final class PackageAssert extends GuestAssert<PackageAssert, GuestPackage> {

    private final Presence<Packages, GuestPackage> presence;

    PackageAssert(Subject subject, String name) {
        super(subject);
        Arguments.packageName(name);
        this.presence = new Presence<>(
                subject,
                "package " + name,
                () -> Packages.of(subject.stemcell()),
                packages -> packages.there(name),
                GuestPackage::words,
                packages -> packages.notThere(name));
    }

    @Override
    PackageAssert that(String wanted, Predicate<GuestPackage> holds) {
        presence.holds(wanted, entry -> entry.isInstalled() && holds.test(entry));
        return this;
    }

    /** {@return this, where it is installed and configured} */
    public PackageAssert isInstalled() {
        return that("be installed", entry -> true);
    }

    /** {@return this, where nothing of it is there, or nothing but its configuration} */
    public PackageAssert isNotInstalled() {
        presence.isAbsent("not be installed");
        return this;
    }

    /**
     * Checks the version.
     *
     * @param version exactly this one, epoch and revision included, as {@code 1:9.6p1-3ubuntu13}; not null
     * @return this
     */
    public PackageAssert hasVersion(String version) {
        Arguments.version(version);
        return that("have the version " + version, entry -> entry.version().equals(version));
    }

    /**
     * Checks the version by the order of Debian's versions, in which 1.10 comes after 1.9, and 2~rc1 before 2.
     *
     * @param version the oldest that will do; not null
     * @return this
     */
    public PackageAssert hasVersionAtLeast(String version) {
        Arguments.version(version);
        return that("have the version " + version + " or a newer one", entry -> isAtLeast(entry.version(), version));
    }

    private boolean isAtLeast(String version, String oldest) {
        Command compare = Command.of("dpkg", "--compare-versions", version, "ge", oldest);
        ExecResult result = subject.stemcell().exec(compare);
        // What is no version dpkg warns of, and compares it all the same.
        if (result.exitCode() > 1 || !result.stderr().isEmpty()) {
            throw AssertionErrors.of("Comparing versions by '" + compare + "' on " + subject.name()
                    + " ended with exit code " + result.exitCode() + "\n  stderr: "
                    + result.stderr().strip());
        }
        return result.isSuccess();
    }

    /**
     * Checks the architecture.
     *
     * @param architecture Debian's word for it, as {@code amd64} or {@code all}; not null
     * @return this
     */
    public PackageAssert hasArchitecture(String architecture) {
        Arguments.text(architecture);
        return that("have the architecture " + architecture, entry -> entry.architecture()
                .equals(architecture));
    }

    /** {@return this, where apt is told to neither upgrade nor remove it} */
    public PackageAssert isOnHold() {
        return that("be on hold", entry -> entry.status().startsWith("h"));
    }
}
