package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on one setting of the kernel, as {@code /proc/sys} shows it inside of the guest. One that is not there fails all of them but
 * {@link #doesNotExist()}. {@link #satisfies} is given its value, with one blank between numbers.
 */
public final class SysctlAssert extends GuestObjectAssert<SysctlAssert, String> {

    private final String name;

    SysctlAssert(Subject subject, String name) {
        super(new Presence<>(
                subject,
                "sysctl " + Arguments.sysctl(name),
                () -> value(subject.stemcell().files(), "/proc/sys/" + swapped(name)),
                Function.identity(),
                Function.identity(),
                nothing -> "there is no such sysctl; the closest names: "
                        + NearMisses.text(name, names(subject.stemcell()))));
        this.name = name;
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
    private static List<String> names(StemcellContainer stemcell) {
        String all = stemcell.inspect(Command.of("find", "/proc/sys", "-type", "f", "-printf", "%P\\n"))
                .stdout();
        return all.lines()
                .map(path -> path.replace('.', '\0').replace('/', '.').replace('\0', '/'))
                .toList();
    }

    /**
     * Verifies that there is such a setting.
     *
     * <pre>{@code
     * assertThat(stemcell).sysctl("net.ipv4.ip_forward").exists(); // passes
     * assertThat(stemcell).sysctl("net.ipv4.ip_backward").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public SysctlAssert exists() {
        return that("exist", value -> true);
    }

    /**
     * Verifies that there is no such setting.
     *
     * <pre>{@code
     * assertThat(stemcell).sysctl("net.ipv4.ip_backward").doesNotExist(); // passes
     * assertThat(stemcell).sysctl("net.ipv4.ip_forward").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public SysctlAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies that the setting has a value.
     *
     * <pre>{@code
     * stemcell.exec("sysctl", "-w", "net.ipv4.ip_local_port_range=32768 60999");
     * assertThat(stemcell).sysctl("net.ipv4.ip_local_port_range").hasValue("32768 60999"); // passes
     * assertThat(stemcell).sysctl("net.ipv4.ip_local_port_range").hasValue("32768"); // fails
     * }</pre>
     *
     * @param value all of it, with one blank between numbers
     * @return this assertion object
     */
    public SysctlAssert hasValue(String value) {
        Objects.requireNonNull(value, "value");
        return that("have the value " + value, value::equals);
    }

    /**
     * Verifies that the setting is a number, and not below one.
     *
     * <pre>{@code
     * assertThat(stemcell).sysctl("kernel.pid_max").hasValueAtLeast(300); // passes
     * assertThat(stemcell).sysctl("kernel.pid_max").hasValueAtLeast(1_000_000_000); // fails
     * assertThat(stemcell).sysctl("kernel.ostype").hasValueAtLeast(0); // fails
     * }</pre>
     *
     * @param least the least that will do; a value that is no number fails
     * @return this assertion object
     */
    public SysctlAssert hasValueAtLeast(long least) {
        return that("have a value of at least " + least, value -> isAtLeast(value, least));
    }

    static boolean isAtLeast(String value, long least) {
        try {
            return KernelNumber.of(value).compareTo(BigInteger.valueOf(least)) >= 0;
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
