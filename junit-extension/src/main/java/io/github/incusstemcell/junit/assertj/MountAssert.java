package io.github.incusstemcell.junit.assertj;

import java.util.Objects;

/**
 * Assertions on what is mounted at one path, as {@code /proc/1/mountinfo} has it; of several mounts there, on the last. Where nothing
 * is mounted all of them fail but {@link #isNotMounted()}. {@link #satisfies} is given the {@link GuestMount}.
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
                mounts -> mounts.at(path),
                GuestMount::words,
                mounts -> mounts.notMounted(path)));
        this.path = path;
    }

    /** {@return this, where something is mounted there} */
    public MountAssert isMounted() {
        return that("be mounted", mount -> true);
    }

    /** {@return this, where nothing is mounted there; the path may exist or not} */
    public MountAssert isNotMounted() {
        return isAbsent("not be mounted");
    }

    /**
     * Verifies the file system.
     *
     * @param type the kernel's name of it, as {@code tmpfs} or {@code ext4}
     * @return this
     */
    public MountAssert hasType(String type) {
        Arguments.text(type);
        return that("have the type " + type, mount -> mount.type().equals(type));
    }

    /**
     * Verifies what is mounted.
     *
     * @param source the device or another name, as the kernel has it
     * @return this
     */
    public MountAssert hasSource(String source) {
        Arguments.text(source);
        return that("have the source " + source, mount -> mount.source().equals(source));
    }

    /**
     * Verifies that it is a bind of another folder or file: that it shows the same part of the same file system.
     *
     * @param source the absolute path of that, without links in it
     * @return this
     */
    public MountAssert isBindOf(String source) {
        Arguments.plainPath(source);
        Presence<Mounts, Bound> bound = new Presence<>(
                subject,
                "mount " + path,
                () -> Mounts.of(subject.stemcell()),
                mounts -> mounts.at(path).map(mount -> new Bound(mount, mounts.isBind(mount, source))),
                found -> found.mount().words(),
                mounts -> mounts.notMounted(path));
        bound.holds("be a bind of " + source, Bound::isBind);
        return this;
    }

    private record Bound(GuestMount mount, boolean isBind) {}

    /**
     * Verifies what of its file system is mounted.
     *
     * @param path from the root of that file system; {@code /} for all of it
     * @return this
     */
    public MountAssert hasRoot(String path) {
        Arguments.plainPath(path);
        return that("have the root " + path, mount -> mount.root().equals(path));
    }

    /**
     * Verifies to whom it tells what is mounted below it.
     *
     * @param propagation to whom
     * @return this
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
     * Verifies an option.
     *
     * @param option one of the mount or of its file system, as {@code nosuid} or {@code mode=755}
     * @return this
     */
    public MountAssert hasOption(String option) {
        Arguments.mountOption(option);
        return that("have the option " + option, mount -> mount.options().contains(option));
    }

    /**
     * Verifies that an option is not there.
     *
     * @param option as for {@link #hasOption}
     * @return this
     */
    public MountAssert doesNotHaveOption(String option) {
        Arguments.mountOption(option);
        return that("not have the option " + option, mount -> !mount.options().contains(option));
    }

    /** {@return this, where nothing can be written, because of the mount or of its file system} */
    public MountAssert isReadOnly() {
        return that("be read-only", GuestMount::readOnly);
    }
}
