package io.github.incusstemcell.junit.assertj;

/** Assertions on how full what is mounted at one path is. Where nothing is mounted all of them fail. {@link #satisfies} is given the {@link MountUsage}. */
public final class MountUsageAssert extends GuestObjectAssert<MountUsageAssert, MountUsage> {

    private static final int ALL = 100;

    MountUsageAssert(Subject subject, String path) {
        super(new Presence<>(
                subject,
                "mount " + path,
                () -> MountUsage.Seen.of(subject.stemcell(), path),
                seen -> seen.mounts().at(path).flatMap(mount -> seen.usage()),
                MountUsage::words,
                seen -> seen.mounts().at(path).isPresent()
                        ? seen.trouble()
                        : seen.mounts().notMounted(path)));
    }

    /**
     * Verifies the size.
     *
     * @param bytes the least that will do
     * @return this
     */
    public MountUsageAssert hasSizeAtLeast(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have a size of at least " + bytes + " bytes", usage -> usage.size() >= bytes);
    }

    /**
     * Verifies the size.
     *
     * @param bytes the most that will do
     * @return this
     */
    public MountUsageAssert hasSizeAtMost(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have a size of at most " + bytes + " bytes", usage -> usage.size() <= bytes);
    }

    /**
     * Verifies how much of it is taken.
     *
     * @param percent the most that will do, 0 to 99, of what others than root can have
     * @return this
     */
    public MountUsageAssert isUsedAtMost(int percent) {
        Arguments.number("a percentage below all of it", percent, 0, ALL - 1);
        return that("be used at most by " + percent + " %", usage -> usage.usedPercent() <= percent);
    }

    /**
     * Verifies how much is left.
     *
     * @param bytes the least that will do for others than root
     * @return this
     */
    public MountUsageAssert hasAvailableAtLeast(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have at least " + bytes + " bytes available", usage -> usage.available() >= bytes);
    }

    /**
     * Verifies how many more files and folders it can have. Where the file system does not count them that fails.
     *
     * @param inodes the least that will do
     * @return this
     */
    public MountUsageAssert hasInodesAvailableAtLeast(long inodes) {
        Arguments.number("a number of inodes", inodes, 1, Long.MAX_VALUE);
        return that("have at least " + inodes + " inodes available", usage -> usage.availableInodes() >= inodes);
    }

    /**
     * Verifies how many of the files and folders that it can have it has. Where the file system does not count them that fails.
     *
     * @param percent the most that will do, 0 to 99
     * @return this
     */
    public MountUsageAssert hasInodesUsedAtMost(int percent) {
        Arguments.number("a percentage below all of it", percent, 0, ALL - 1);
        return that(
                "have at most " + percent + " % of its inodes used",
                usage -> usage.inodes() > 0 && usage.usedInodesPercent() <= percent);
    }
}
