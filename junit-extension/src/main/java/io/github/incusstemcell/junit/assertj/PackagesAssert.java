package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ListAssert;

/**
 * Assertions on which Debian packages are installed. Names are as dpkg has them, without architectures; a guest without any package fails
 * all of them.
 */
public final class PackagesAssert extends GuestAssert<PackagesAssert> {

    PackagesAssert(Subject subject) {
        super(subject);
    }

    /** By letter, each once. */
    private List<String> installed() {
        return Packages.of(subject.stemcell()).entries().stream()
                .filter(Packages.Entry::isInstalled)
                .map(Packages.Entry::name)
                .distinct()
                .sorted()
                .toList();
    }

    private Observation<List<String>> observe(Predicate<List<String>> holds) {
        return new Observation<>(subject.timing(), holds, names -> names.size() + " packages").polling(this::installed);
    }

    /**
     * Checks all packages.
     *
     * @param names the names of exactly those that are installed, in any order; not null
     * @return this
     */
    public PackagesAssert containsExactly(String... names) {
        List<String> wanted = List.copyOf(new TreeSet<>(List.of(names)));
        Observation<List<String>> seen = observe(wanted::equals);
        if (!seen.holds()) {
            subject.fail(
                    "the installed packages",
                    "be exactly those " + wanted.size() + " of a list",
                    seen,
                    "there were " + seen.last().size() + "\n  missing: " + list(without(wanted, seen.last()))
                            + "\n  not in the list: " + list(without(seen.last(), wanted)));
        }
        return this;
    }

    /**
     * Checks that packages are installed, whatever else is.
     *
     * @param names their names; at least one
     * @return this
     */
    public PackagesAssert contains(String... names) {
        List<String> wanted = named(names);
        Observation<List<String>> seen = observe(installed -> installed.containsAll(wanted));
        if (!seen.holds()) {
            subject.fail(
                    "the installed packages",
                    "contain " + String.join(" ", wanted),
                    seen,
                    "these were missing: " + list(without(wanted, seen.last())));
        }
        return this;
    }

    /**
     * Checks that packages are not installed.
     *
     * @param names their names; at least one
     * @return this
     */
    public PackagesAssert doesNotContain(String... names) {
        List<String> unwanted = named(names);
        Observation<List<String>> seen = observe(installed -> unwanted.stream().noneMatch(installed::contains));
        if (!seen.holds()) {
            subject.fail(
                    "the installed packages",
                    "not contain " + String.join(" ", unwanted),
                    seen,
                    "these were there: "
                            + list(unwanted.stream()
                                    .filter(seen.last()::contains)
                                    .toList()));
        }
        return this;
    }

    private static List<String> named(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("Every guest has all of no packages, and none of them: name one");
        }
        return List.of(names);
    }

    private static List<String> without(List<String> names, List<String> others) {
        List<String> left = new ArrayList<>(names);
        left.removeAll(others);
        return left;
    }

    private static String list(List<String> names) {
        return names.isEmpty() ? "none" : String.join(" ", names);
    }

    /**
     * Goes on with the names of all installed packages in plain AssertJ.
     *
     * @return assertions on the list, by letter
     */
    @SuppressWarnings("unchecked")
    public AbstractListAssert<?, List<? extends String>, String, ?> names() {
        return subject.<List<?>, ListAssert<String>>plain(
                (Class<ListAssert<String>>) (Class<?>) ListAssert.class,
                (Class<List<?>>) (Class<?>) List.class,
                names -> new ListAssert<>((List<String>) names),
                Optional.of(observe(names -> true).last()),
                "packages of " + subject.name());
    }
}
