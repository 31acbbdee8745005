package io.github.incusstemcell.junit.assertj;

/** Assertions on how full what is mounted at one path is. Where nothing is mounted all of them fail. {@link #satisfies} is given the {@link MountUsage}. */
public final class MountUsageAssert extends GuestObjectAssert<MountUsageAssert, MountUsage> {

    private static final int ALL = 100;

    MountUsageAssert(Subject subject, String path) {
        super(new Presence<>(
                subject,
                "mount " + path,
                () -> MountUsage.Seen.of(subject.stemcell(), path),
                seen -> seen.mounts().at(subject.stemcell(), path).flatMap(mount -> seen.usage()),
                MountUsage::words,
                seen -> seen.mounts().at(subject.stemcell(), path).isPresent()
                        ? seen.trouble()
                        : seen.mounts().notMounted(path)));
    }

    /**
     * Verifies that it has at least this size.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().hasSizeAtLeast(1 << 20); // passes
     * assertThat(stemcell).mount("/mnt/small").usage().hasSizeAtLeast(1 << 30); // fails
     * }</pre>
     *
     * @param bytes the least that will do
     * @return this assertion object
     */
    public MountUsageAssert hasSizeAtLeast(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have a size of at least " + bytes + " bytes", usage -> usage.size() >= bytes);
    }

    /**
     * Verifies that it has at most this size.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().hasSizeAtMost(1 << 20); // passes
     * assertThat(stemcell).mount("/mnt/small").usage().hasSizeAtMost(1 << 10); // fails
     * }</pre>
     *
     * @param bytes the most that will do
     * @return this assertion object
     */
    public MountUsageAssert hasSizeAtMost(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have a size of at most " + bytes + " bytes", usage -> usage.size() <= bytes);
    }

    /**
     * Verifies that no more of it than this is taken.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().isUsedAtMost(10); // passes
     * stemcell.shell("head -c 600000 /dev/zero >/mnt/small/data");
     * assertThat(stemcell).mount("/mnt/small").usage().isUsedAtMost(10); // fails
     * }</pre>
     *
     * @param percent the most that will do, 0 to 99, of what others than root can have
     * @return this assertion object
     */
    public MountUsageAssert isUsedAtMost(int percent) {
        Arguments.number("a percentage below all of it", percent, 0, ALL - 1);
        return that("be used at most by " + percent + " %", usage -> usage.usedPercent() <= percent);
    }

    /**
     * Verifies that so much is left.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().hasAvailableAtLeast(500_000); // passes
     * stemcell.shell("head -c 600000 /dev/zero >/mnt/small/data");
     * assertThat(stemcell).mount("/mnt/small").usage().hasAvailableAtLeast(500_000); // fails
     * }</pre>
     *
     * @param bytes the least that will do for others than root
     * @return this assertion object
     */
    public MountUsageAssert hasAvailableAtLeast(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return that("have at least " + bytes + " bytes available", usage -> usage.available() >= bytes);
    }

    /**
     * Verifies that it can have so many more files and folders. Where the file system does not count them that fails.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().hasInodesAvailableAtLeast(9); // passes
     * assertThat(stemcell).mount("/mnt/small").usage().hasInodesAvailableAtLeast(10); // fails
     * }</pre>
     *
     * @param inodes the least that will do
     * @return this assertion object
     */
    public MountUsageAssert hasInodesAvailableAtLeast(long inodes) {
        Arguments.number("a number of inodes", inodes, 1, Long.MAX_VALUE);
        return that("have at least " + inodes + " inodes available", usage -> usage.availableInodes() >= inodes);
    }

    /**
     * Verifies that it has no more of the files and folders that it can have. Where the file system does not count them that fails.
     *
     * <pre>{@code
     * stemcell.shell("mkdir -p /mnt/small && mount -t tmpfs -o size=1m,nr_inodes=10 none /mnt/small");
     * assertThat(stemcell).mount("/mnt/small").usage().hasInodesUsedAtMost(10); // passes
     * stemcell.exec("touch", "/mnt/small/a", "/mnt/small/b");
     * assertThat(stemcell).mount("/mnt/small").usage().hasInodesUsedAtMost(10); // fails
     * }</pre>
     *
     * @param percent the most that will do, 0 to 99
     * @return this assertion object
     */
    public MountUsageAssert hasInodesUsedAtMost(int percent) {
        Arguments.number("a percentage below all of it", percent, 0, ALL - 1);
        return that(
                "have at most " + percent + " % of its inodes used",
                usage -> usage.inodes() > 0 && usage.usedInodesPercent() <= percent);
    }
}
