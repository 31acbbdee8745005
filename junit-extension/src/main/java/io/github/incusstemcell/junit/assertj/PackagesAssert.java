package io.github.incusstemcell.junit.assertj;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractListAssert;

/**
 * Assertions on which Debian packages are installed. Names may have an architecture behind them, as dpkg prints some of them: {@code libc6}
 * as well as {@code libc6:amd64}. One that dpkg has unpacked and could not configure is missing where it is wanted, and there where it is not. A guest
 * without any package fails all of them. {@link #satisfies} is given all that are installed, by name.
 */
public final class PackagesAssert extends GuestAssert<PackagesAssert, List<GuestPackage>> {

    private static final String NONE = "Every guest has all of no packages, and none of them: name one";

    PackagesAssert(Subject subject) {
        super(subject);
    }

    /** Those of which more is there than their configuration, installed or not. */
    private List<GuestPackage> packages() {
        return Packages.of(subject.stemcell()).entries().stream()
                .filter(entry -> !entry.isGone())
                .sorted(java.util.Comparator.comparing(GuestPackage::name))
                .toList();
    }

    private static List<GuestPackage> installed(List<GuestPackage> all) {
        return all.stream().filter(GuestPackage::isInstalled).toList();
    }

    @Override
    PackagesAssert that(String wanted, Predicate<List<GuestPackage>> holds) {
        return that(
                wanted,
                all -> holds.test(installed(all)),
                all -> "there were " + installed(all).size());
    }

    private PackagesAssert that(
            String wanted, Predicate<List<GuestPackage>> holds, Function<List<GuestPackage>, String> but) {
        Observation<List<GuestPackage>> seen = new Observation<List<GuestPackage>>(
                        subject.timing(), holds, all -> all.size() + " packages")
                .polling(this::packages);
        subject.verify("the installed packages", wanted, seen, but);
        return this;
    }

    /**
     * Verifies that these packages are installed, and no others.
     *
     * <pre>{@code
     * String[] names = stemcell.exec("dpkg-query", "--show", "--showformat=${Package}\n").stdout().split("\n");
     * assertThat(stemcell).packages().containsExactly(names); // passes
     * assertThat(stemcell).packages().containsExactly("cron", "openssh-server"); // fails
     * }</pre>
     *
     * @param names the names of exactly those that are installed, in any order; at least one
     * @return this assertion object
     */
    public PackagesAssert containsExactly(String... names) {
        List<String> wanted = named(names);
        return that(
                "be exactly those " + wanted.size() + " of a list",
                all -> missing(wanted, installed(all)).isEmpty()
                        && unwanted(all, wanted).isEmpty(),
                all -> "there were " + installed(all).size() + "\n  missing: " + list(missing(wanted, installed(all)))
                        + "\n  not in the list: " + list(names(unwanted(all, wanted), all)));
    }

    /**
     * Verifies that packages are installed, whatever else is.
     *
     * <pre>{@code
     * assertThat(stemcell).packages().contains("cron", "openssh-server"); // passes
     * assertThat(stemcell).packages().contains("cron", "telnet"); // fails
     * }</pre>
     *
     * @param names their names; at least one
     * @return this assertion object
     */
    public PackagesAssert contains(String... names) {
        List<String> wanted = named(names);
        return that(
                "contain " + String.join(" ", wanted),
                all -> missing(wanted, installed(all)).isEmpty(),
                all -> "these were missing: " + list(missing(wanted, installed(all))));
    }

    /**
     * Verifies that none of these packages is installed.
     *
     * <pre>{@code
     * assertThat(stemcell).packages().doesNotContain("telnet", "ftp"); // passes
     * assertThat(stemcell).packages().doesNotContain("telnet", "cron"); // fails
     * }</pre>
     *
     * @param names their names; at least one
     * @return this assertion object
     */
    public PackagesAssert doesNotContain(String... names) {
        List<String> unwanted = named(names);
        return that(
                "not contain " + String.join(" ", unwanted),
                all -> there(unwanted, all).isEmpty(),
                all -> "these were there: " + list(there(unwanted, all)));
    }

    /** By letter, each once. */
    private static List<String> named(String... names) {
        return List.copyOf(new TreeSet<>(Arguments.texts(names, NONE, Arguments::packageName)));
    }

    private static List<String> missing(List<String> names, List<GuestPackage> all) {
        return names.stream()
                .filter(name -> all.stream().noneMatch(entry -> entry.isNamed(name)))
                .toList();
    }

    private static List<String> there(List<String> names, List<GuestPackage> all) {
        return names.stream()
                .filter(name -> all.stream().anyMatch(entry -> entry.isNamed(name)))
                .toList();
    }

    private static List<GuestPackage> unwanted(List<GuestPackage> all, List<String> names) {
        return all.stream()
                .filter(entry -> names.stream().noneMatch(entry::isNamed))
                .toList();
    }

    /** With their architectures where there are several of one name. */
    static List<String> names(List<GuestPackage> some, List<GuestPackage> all) {
        return some.stream()
                .map(one ->
                        all.stream().filter(other -> other.isNamed(one.name())).count() > 1
                                ? one.fullName()
                                : one.name())
                .toList();
    }

    private static String list(Collection<String> names) {
        return names.isEmpty() ? "none" : String.join(" ", names);
    }

    /**
     * Verifies that the packages of a list are installed that was written before, and no others.
     *
     * <pre>{@code
     * Path list = Files.createTempFile("packages", ".txt");
     * Files.writeString(list, stemcell.exec("dpkg", "--list").stdout());
     * assertThat(stemcell).packages().containsExactlyThoseOf(list); // passes
     * Files.writeString(list, "cron\nopenssh-server\n");
     * assertThat(stemcell).packages().containsExactlyThoseOf(list); // fails
     * Files.delete(list);
     * }</pre>
     *
     * @param list a file of the test, in which each line begins with the name of a package that has to be installed, or is of
     *     {@code dpkg --list}, or a comment behind {@code #}
     * @return this assertion object
     */
    public PackagesAssert containsExactlyThoseOf(Path list) {
        return containsExactly(PackageList.namesIn(list).toArray(String[]::new));
    }

    /**
     * Verifies that apt is told to keep back none of the packages.
     *
     * <pre>{@code
     * assertThat(stemcell).packages().areNotOnHold(); // passes
     * stemcell.exec("apt-mark", "hold", "cron");
     * assertThat(stemcell).packages().areNotOnHold(); // fails
     * stemcell.exec("apt-mark", "unhold", "cron");
     * }</pre>
     *
     * @return this assertion object
     */
    public PackagesAssert areNotOnHold() {
        return that("not be on hold", all -> held(all).isEmpty(), PackagesAssert::heldWords);
    }

    /**
     * Verifies that apt is told to keep back these packages, and no others.
     *
     * <pre>{@code
     * stemcell.exec("apt-mark", "hold", "cron");
     * assertThat(stemcell).packages().hasOnlyOnHold("cron"); // passes
     * assertThat(stemcell).packages().hasOnlyOnHold("cron", "openssh-server"); // fails
     * stemcell.exec("apt-mark", "unhold", "cron");
     * }</pre>
     *
     * @param names the names of all of them, in any order; one at least. One without an architecture is for all that are of that name.
     * @return this assertion object
     */
    public PackagesAssert hasOnlyOnHold(String... names) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.texts(
                names, "Name a package, or ask whether there are none by areNotOnHold", Arguments::packageName)));
        return that(
                "have only " + String.join(" ", wanted) + " on hold",
                all -> missing(wanted, held(all)).isEmpty()
                        && unwanted(held(all), wanted).isEmpty(),
                PackagesAssert::heldWords);
    }

    private static List<GuestPackage> held(List<GuestPackage> all) {
        return all.stream().filter(GuestPackage::isHeld).toList();
    }

    private static String heldWords(List<GuestPackage> all) {
        return "these were: " + list(names(held(all), all));
    }

    /**
     * Verifies that the files of all packages are those that were installed, as far as {@code dpkg --verify} can tell: by hashes of their
     * contents. It reads all of them, which takes seconds. A package that came without hashes, or has lost them, fails where it has files that are
     * no configuration.
     *
     * <pre>{@code
     * assertThat(stemcell).packages().areUnmodified("/etc", "/lib", "/usr/lib", "/usr/share"); // passes
     * assertThat(stemcell).packages().areUnmodified("/lib", "/usr/lib", "/usr/share"); // fails
     * }</pre>
     *
     * @param except absolute paths that may be changed or missing, with all that is below them
     * @return this assertion object
     */
    public PackagesAssert areUnmodified(String... except) {
        List<String> excepted = Arguments.anyTexts(except, Arguments::plainPath);
        Observation<PackageFiles.Verified> seen = new Observation<>(
                        subject.timing(),
                        PackageFiles.Verified::isUnmodified,
                        found -> found.changed().size() + " changes")
                .polling(() -> {
                    // Where there are none, dpkg verifies none of them.
                    List<GuestPackage> all =
                            installed(Packages.of(subject.stemcell()).entries());
                    return new PackageFiles(subject.stemcell()).verify(excepted, all);
                });
        subject.verify(
                "the installed packages",
                "be unmodified" + (excepted.isEmpty() ? "" : " except " + String.join(" ", excepted)),
                seen,
                found -> found.words(lines -> GuestListAssert.Many.list(lines, line -> line)));
        return this;
    }

    /**
     * Goes on with the names of all installed packages and their architectures in plain AssertJ.
     *
     * @return assertions on the list, by letter, as {@code libc6:amd64}
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> fullNames() {
        return subject.list(
                () -> Optional.of(installed(packages())),
                all -> all.stream().map(GuestPackage::fullName).toList(),
                "packages of " + subject.name());
    }

    /**
     * Goes on with the names of all installed packages in plain AssertJ, without their architectures.
     *
     * @return assertions on the list, by letter, each name once
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> names() {
        return subject.list(
                () -> Optional.of(installed(packages())),
                all -> all.stream().map(GuestPackage::name).distinct().toList(),
                "packages of " + subject.name());
    }
}
