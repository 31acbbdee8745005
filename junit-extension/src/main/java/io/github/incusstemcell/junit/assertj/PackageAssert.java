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
        super(new Presence<Packages, GuestPackage>(
                subject,
                "package " + Arguments.packageName(name),
                seen -> seen.polling(() -> Packages.of(subject.stemcell())),
                packages -> packages.there(name),
                entry -> entry.words() + Packages.of(subject.stemcell()).wordsOfOthers(entry, name),
                packages -> packages.notThere(name),
                GuestPackage::words));
        this.name = name;
    }

    @Override
    PackageAssert that(String wanted, Predicate<GuestPackage> holds) {
        return super.that(wanted, entry -> entry.isInstalled() && holds.test(entry));
    }

    /**
     * Verifies that the package is installed and configured; where another one has triggered it, dpkg(1), that holds as well. Of several
     * with this name, each for another architecture, one is looked at: name the one that is meant, as {@code libc6:i386}.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("cron").isInstalled(); // passes
     * assertThat(stemcell).packageNamed("telnet").isInstalled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public PackageAssert isInstalled() {
        return that("be installed", entry -> true);
    }

    /**
     * Verifies that nothing of the package is there, or nothing but its configuration.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("telnet").isNotInstalled(); // passes
     * assertThat(stemcell).packageNamed("cron").isNotInstalled(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public PackageAssert isNotInstalled() {
        return isAbsent("not be installed");
    }

    /**
     * Verifies that the package has a version, and no other.
     *
     * <pre>{@code
     * String version = stemcell.exec("dpkg-query", "--show", "--showformat=${Version}", "cron").stdout();
     * assertThat(stemcell).packageNamed("cron").hasVersion(version); // passes
     * assertThat(stemcell).packageNamed("cron").hasVersion("3.0"); // fails
     * }</pre>
     *
     * @param version exactly this one, epoch and revision included, as {@code 1:9.6p1-3ubuntu13}
     * @return this assertion object
     */
    public PackageAssert hasVersion(String version) {
        Arguments.version(version);
        return that("have the version " + version, entry -> entry.version().equals(version));
    }

    /**
     * Verifies that the package has a version or a newer one, by the order of Debian's versions, in which 1.10 comes after 1.9, and 2~rc1
     * before 2.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("cron").hasVersionAtLeast("3.0"); // passes
     * assertThat(stemcell).packageNamed("cron").hasVersionAtLeast("3.10"); // fails
     * }</pre>
     *
     * @param version the oldest that will do
     * @return this assertion object
     */
    public PackageAssert hasVersionAtLeast(String version) {
        Arguments.version(version);
        return that(
                "have the version " + version + " or a newer one",
                entry -> is(entry.version(), "ge", order -> order >= 0, version));
    }

    /**
     * Verifies that the package has a version or an older one, by the order of Debian's versions; see {@link #hasVersionAtLeast}.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("cron").hasVersionAtMost("3.10"); // passes
     * assertThat(stemcell).packageNamed("cron").hasVersionAtMost("3.0~rc1"); // fails
     * }</pre>
     *
     * @param version the newest that will do
     * @return this assertion object
     */
    public PackageAssert hasVersionAtMost(String version) {
        Arguments.version(version);
        return that(
                "have the version " + version + " or an older one",
                entry -> is(entry.version(), "le", order -> order <= 0, version));
    }

    /**
     * Verifies that the package has an older version than one, by the order of Debian's versions; see {@link #hasVersionAtLeast}.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("cron").hasVersionBelow("3.10"); // passes
     * String version = stemcell.exec("dpkg-query", "--show", "--showformat=${Version}", "cron").stdout();
     * assertThat(stemcell).packageNamed("cron").hasVersionBelow(version); // fails
     * }</pre>
     *
     * @param version the oldest that will not do
     * @return this assertion object
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
     * Verifies that the files of the package are those that were installed, as far as {@code dpkg --verify} can tell: by hashes of their
     * contents. A package that came without hashes, or has lost them, fails where it has files that are no configuration.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("cron").isUnmodified("/usr/share/doc", "/usr/share/man"); // passes
     * assertThat(stemcell).packageNamed("logrotate").isUnmodified("/usr/share/doc", "/usr/share/man"); // fails
     * }</pre>
     *
     * @param except absolute paths that may be changed or missing, with all that is below them, as configuration is
     * @return this assertion object
     */
    public PackageAssert isUnmodified(String... except) {
        List<String> excepted = Arguments.anyTexts(except, Arguments::plainPath);
        if (presence.holds("be installed", GuestPackage::isInstalled).isEmpty()) {
            return this;
        }
        Observation<PackageFiles.Verified> seen = new Observation<>(
                        subject.timing(), PackageFiles.Verified::isUnmodified, PackageAssert::words)
                .polling(() -> new PackageFiles(subject.stemcell())
                        .verify(excepted, Packages.of(subject.stemcell()).installed(name), name));
        subject.verify(
                "package " + name,
                "be unmodified" + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                seen,
                PackageAssert::words);
        return this;
    }

    private static String words(PackageFiles.Verified found) {
        return found.words(lines -> String.join("; ", lines));
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
     * Verifies that the package is of an architecture.
     *
     * <pre>{@code
     * assertThat(stemcell).packageNamed("tzdata").hasArchitecture("all"); // passes
     * assertThat(stemcell).packageNamed("cron").hasArchitecture("all"); // fails
     * }</pre>
     *
     * @param architecture Debian's word for it, as {@code amd64} or {@code all}
     * @return this assertion object
     */
    public PackageAssert hasArchitecture(String architecture) {
        Arguments.text(architecture);
        return that("have the architecture " + architecture, entry -> entry.architecture()
                .equals(architecture));
    }

    /**
     * Verifies that apt is told to neither upgrade nor remove the package.
     *
     * <pre>{@code
     * stemcell.exec("apt-mark", "hold", "cron");
     * assertThat(stemcell).packageNamed("cron").isOnHold(); // passes
     * stemcell.exec("apt-mark", "unhold", "cron");
     * assertThat(stemcell).packageNamed("cron").isOnHold(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public PackageAssert isOnHold() {
        return that("be on hold", GuestPackage::isHeld);
    }
}
