package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Optional;

/**
 * How full a mounted file system is, statvfs(3).
 *
 * @param size all of it, in bytes
 * @param used what is taken, in bytes
 * @param available what is left for users other than root, in bytes
 * @param inodes how many files and folders it can have; 0 where it does not count them
 * @param availableInodes how many more
 */
public record MountUsage(long size, long used, long available, long inodes, long availableInodes) {

    /** Block size, blocks, free ones, those for all, files, free ones; none where the path cannot be looked at. */
    private static final String SCRIPT =
            "cat /proc/1/mountinfo && echo && { stat -f -c '%S %b %f %a %c %d' -- \"$1\" || true; }";

    private static final int PERCENT = 100;

    /** The mounts at one moment, and the usage of what is at a path, where there is something. */
    record Seen(Mounts mounts, Optional<MountUsage> usage, String trouble) {

        static Seen of(StemcellContainer stemcell, String path) {
            ExecResult result =
                    stemcell.inspect(Command.of("sh", "-c", SCRIPT, "sh", path)).requireWhole();
            return of(stemcell.name(), result.stdout(), result.stderr().strip());
        }

        static Seen of(String guest, String printed, String trouble) {
            String[] part = printed.split("\n\n", 2);
            Optional<String> usage =
                    Optional.of(part[part.length - 1].strip()).filter(text -> part.length > 1 && !text.isEmpty());
            return new Seen(
                    Mounts.of(guest, part[0]),
                    usage.map(line -> GuestLine.read("six numbers of stat -f on " + guest, line, MountUsage::of)),
                    trouble);
        }
    }

    private static MountUsage of(String line) {
        String[] field = line.split(" ");
        long block = Long.parseLong(field[0]);
        long blocks = Long.parseLong(field[1]);
        return new MountUsage(
                blocks * block,
                (blocks - Long.parseLong(field[2])) * block,
                Long.parseLong(field[3]) * block,
                Long.parseLong(field[4]),
                Long.parseLong(field[5]));
    }

    /** {@return how much is taken of what others than root can have, in percent, rounded up as df(1) does} */
    public long usedPercent() {
        return percent(used, used + available);
    }

    /** {@return the same of files and folders; 0 where the file system does not count them} */
    public long usedInodesPercent() {
        return percent(inodes - availableInodes, inodes);
    }

    private static long percent(long part, long whole) {
        return whole == 0 ? 0 : (part * PERCENT + whole - 1) / whole;
    }

    String words() {
        return size + " bytes, " + used + " used (" + usedPercent() + " %), " + available + " available, "
                + (inodes == 0
                        ? "files are not counted"
                        : inodes + " files, " + availableInodes + " available (" + usedInodesPercent() + " % used)");
    }
}
