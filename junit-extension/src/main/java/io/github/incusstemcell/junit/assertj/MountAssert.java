package io.github.incusstemcell.junit.assertj;

import java.util.Objects;

/**
 * Assertions on what is mounted at one path, as {@code /proc/1/mountinfo} has it; of several mounts there, on the last. Where nothing
 * is mounted, or a later mount of a folder above it hides what is, all of them fail but {@link #isNotMounted()}. {@link #satisfies} is
 * given the {@link GuestMount}.
 *
 * <p>{@code /var/log} is one by the overlay, where something waits for it ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code
 * .LOG_MOUNT}).
 */
public final class MountAssert extends GuestObjectAssert<MountAssert, GuestMount> {

    private final String path;

    MountAssert(Subject subject, String path) {
        super(new Presence<>(
                subject,
                "mount " + Arguments.plainPath(path),
                () -> Mounts.of(subject.stemcell()),
                mounts -> mounts.at(subject.stemcell(), path),
                GuestMount::words,
                mounts -> mounts.notMounted(path)));
        this.path = path;
    }

    /**
     * Verifies that something is mounted there.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").isMounted(); // passes
     * assertThat(stemcell).mount("/mnt").isMounted(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public MountAssert isMounted() {
        return that("be mounted", mount -> true);
    }

    /**
     * Verifies that nothing is mounted there; the path may exist or not.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/mnt").isNotMounted(); // passes
     * assertThat(stemcell).mount("/run").isNotMounted(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public MountAssert isNotMounted() {
        return isAbsent("not be mounted");
    }

    /**
     * Verifies that its file system is of this type.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").hasType("tmpfs"); // passes
     * assertThat(stemcell).mount("/run").hasType("ext4"); // fails
     * }</pre>
     *
     * @param type the kernel's name of it, as {@code tmpfs} or {@code ext4}
     * @return this assertion object
     */
    public MountAssert hasType(String type) {
        Arguments.text(type);
        return that("have the type " + type, mount -> mount.type().equals(type));
    }

    /**
     * Verifies that this device, or what else has a name, is mounted.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").hasSource("tmpfs"); // passes
     * assertThat(stemcell).mount("/run").hasSource("/dev/sda1"); // fails
     * }</pre>
     *
     * @param source the device or another name, as the kernel has it
     * @return this assertion object
     */
    public MountAssert hasSource(String source) {
        Arguments.text(source);
        return that("have the source " + source, mount -> mount.source().equals(source));
    }

    /**
     * Verifies that it is a bind of another folder or file: that it shows the same part of the same file system.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/jobs && mount --bind /etc/cron.d /mnt/jobs");
     * assertThat(stemcell).mount("/mnt/jobs").isBindOf("/etc/cron.d"); // passes
     * assertThat(stemcell).mount("/mnt/jobs").isBindOf("/etc/cron.daily"); // fails
     * }</pre>
     *
     * @param source the absolute path of that, which may lead over links
     * @return this assertion object
     */
    public MountAssert isBindOf(String source) {
        Arguments.plainPath(source);
        Presence<Mounts, Bound> bound = new Presence<>(
                subject,
                "mount " + path,
                () -> Mounts.of(subject.stemcell()),
                mounts -> mounts.at(subject.stemcell(), path)
                        .map(mount -> new Bound(
                                mount, mounts.isBind(mount, FileLinks.plainPath(subject.stemcell(), source)))),
                found -> found.mount().words(),
                mounts -> mounts.notMounted(path));
        bound.holds("be a bind of " + source, Bound::isBind);
        return this;
    }

    private record Bound(GuestMount mount, boolean isBind) {}

    /**
     * Verifies that this part of its file system is mounted.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").hasRoot("/"); // passes
     * assertThat(stemcell).mount("/run").hasRoot("/lock"); // fails
     * }</pre>
     *
     * @param path from the root of that file system; {@code /} for all of it
     * @return this assertion object
     */
    public MountAssert hasRoot(String path) {
        Arguments.plainPath(path);
        return that("have the root " + path, mount -> mount.root().equals(path));
    }

    /**
     * Verifies that what is mounted below it is propagated in this way.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").hasPropagation(SHARED); // passes
     * assertThat(stemcell).mount("/run").hasPropagation(PRIVATE); // fails
     * }</pre>
     *
     * @param propagation to whom
     * @return this assertion object
     */
    public MountAssert hasPropagation(MountPropagation propagation) {
        Objects.requireNonNull(propagation, "propagation");
        return that("be " + propagation.words(), mount -> mount.propagation() == propagation);
    }

    /**
     * Goes on with how full it is.
     *
     * @return assertions on that
     */
    @CheckReturnValue
    public MountUsageAssert usage() {
        return new MountUsageAssert(subject, path);
    }

    /**
     * Verifies that it has this option.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").hasOption("nosuid"); // passes
     * assertThat(stemcell).mount("/run").hasOption("mode=755"); // passes
     * assertThat(stemcell).mount("/run").hasOption("nosymfollow"); // fails
     * }</pre>
     *
     * @param option one of the mount or of its file system, as {@code nosuid} or {@code mode=755}
     * @return this assertion object
     */
    public MountAssert hasOption(String option) {
        Arguments.mountOption(option);
        return that("have the option " + option, mount -> mount.options().contains(option));
    }

    /**
     * Verifies that it does not have this option.
     *
     * <pre>{@code
     * assertThat(stemcell).mount("/run").doesNotHaveOption("nosymfollow"); // passes
     * assertThat(stemcell).mount("/run").doesNotHaveOption("nosuid"); // fails
     * }</pre>
     *
     * @param option as for {@link #hasOption}
     * @return this assertion object
     */
    public MountAssert doesNotHaveOption(String option) {
        Arguments.mountOption(option);
        return that("not have the option " + option, mount -> !mount.options().contains(option));
    }

    /**
     * Verifies that nothing can be written, because of the mount or of its file system.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/fixed && mount -t tmpfs -o ro none /mnt/fixed");
     * assertThat(stemcell).mount("/mnt/fixed").isReadOnly(); // passes
     * assertThat(stemcell).mount("/run").isReadOnly(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public MountAssert isReadOnly() {
        return that("be read-only", GuestMount::readOnly);
    }
}
