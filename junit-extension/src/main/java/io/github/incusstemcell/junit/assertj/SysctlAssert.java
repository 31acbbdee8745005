package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on one setting of the kernel, as {@code /proc/sys} shows it inside of the guest. One that is not there fails all of them but
 * {@link #doesNotExist()}. {@link #satisfies} is given its value, with one blank between numbers.
 */
public final class SysctlAssert extends GuestAssert<SysctlAssert, String> {

    private final String name;
    private final Presence<Optional<String>, String> presence;

    SysctlAssert(Subject subject, String name) {
        super(subject);
        this.name = Arguments.sysctl(name);
        GuestFiles files = subject.stemcell().files();
        this.presence = new Presence<>(
                subject,
                "sysctl " + name,
                () -> value(files, "/proc/sys/" + swapped(name)),
                Function.identity(),
                Function.identity(),
                nothing -> "there is no such sysctl; the closest names: "
                        + String.join(", ", NearMisses.of(name, names())));
    }

    /** As sysctl(8) has it: where a point comes first, points part the folders, and slashes stand for points in their names. */
    private static String swapped(String name) {
        int slash = name.indexOf('/');
        int point = name.indexOf('.');
        if (slash >= 0 && (point < 0 || slash < point)) {
            return name;
        }
        return name.replace('/', '\0').replace('.', '/').replace('\0', '.');
    }

    private static Optional<String> value(GuestFiles files, String path) {
        try {
            return Optional.of(files.readString(path).strip().replaceAll("\\s+", " "));
        } catch (GuestFileException e) {
            // A guest that is stopped or frozen has none of them.
            if (e.reason().isAbsence() && files.exists("/proc/sys/kernel")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Some folders may be closed even to the guest's root; the rest will do. */
    private List<String> names() {
        String all = subject.stemcell()
                .inspect(Command.of("find", "/proc/sys", "-type", "f", "-printf", "%P\\n"))
                .stdout();
        return all.lines()
                .map(path -> path.replace('.', '\0').replace('/', '.').replace('\0', '/'))
                .toList();
    }

    @Override
    SysctlAssert that(String wanted, Predicate<String> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    /** {@return this, where there is such a setting} */
    public SysctlAssert exists() {
        return that("exist", value -> true);
    }

    /** {@return this, where there is no such setting} */
    public SysctlAssert doesNotExist() {
        presence.isAbsent("not exist");
        return this;
    }

    /**
     * Verifies the value.
     *
     * @param value all of it, with one blank between numbers
     * @return this
     */
    public SysctlAssert hasValue(String value) {
        Objects.requireNonNull(value, "value");
        return that("have the value " + value, value::equals);
    }

    /**
     * Verifies a number.
     *
     * @param least the least that will do; a value that is no number fails
     * @return this
     */
    public SysctlAssert hasValueAtLeast(long least) {
        return that("have a value of at least " + least, value -> isAtLeast(value, least));
    }

    private static boolean isAtLeast(String value, long least) {
        try {
            return Long.parseLong(value) >= least;
        } catch (NumberFormatException e) {
            return false; // the message shows what it is instead
        }
    }

    /**
     * Goes on with the value in plain AssertJ.
     *
     * @return assertions on it, with one blank between numbers
     */
    public AbstractStringAssert<?> value() {
        return subject.string(
                () -> presence.holds("exist", value -> true),
                Function.identity(),
                "sysctl " + name + " on " + subject.name());
    }
}
