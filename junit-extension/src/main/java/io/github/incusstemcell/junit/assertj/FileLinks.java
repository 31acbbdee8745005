package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Where symbolic links lead, by readlink(1) as far as the kernel follows them, and link by link where the guest does not run: SFTP's own request for it goes by names alone.
 */
final class FileLinks {

    /** path_resolution(7): the kernel follows no more. */
    private static final int MOST = 40;

    private FileLinks() {}

    /** The path without links in it, as the kernel has it, be there something or not. */
    static String plainPath(StemcellContainer stemcell, String path) {
        Command command = Command.of("readlink", "-mz", "--", path).environment("LC_ALL", "C");
        return stemcell.inspect(command).requireWhole().stdout().replace("\0", "");
    }

    /** The path of what is there, without links in it; empty where there is nothing, or links lead nowhere or in a circle. */
    static Optional<String> realPath(StemcellContainer stemcell, String path) {
        return StoppedGuest.orFiles(stemcell, () -> byReadlink(stemcell, path), () -> byFiles(stemcell.files(), path));
    }

    private static Optional<String> byReadlink(StemcellContainer stemcell, String path) {
        // readlink(1) follows links without end, where the kernel stops: what that does not reach is not there.
        Command command = Command.of("sh", "-c", "test -e \"$0\" || exit 1; exec readlink -ez -- \"$0\"", path)
                .environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        if (result.isSuccess()) {
            return Optional.of(result.requireWhole().stdout().replace("\0", ""));
        }
        if (result.exitCode() == 1 && result.stderr().isEmpty()) {
            return Optional.empty();
        }
        throw AssertionErrors.ofExit(
                "Following the links of " + path + " on " + stemcell.name() + " by '" + command + "'", result);
    }

    private static Optional<String> byFiles(GuestFiles files, String path) {
        Deque<String> names = new ArrayDeque<>(names(path));
        Optional<FileStat> at = files.find("/");
        int links = 0;
        while (!names.isEmpty() && at.isPresent()) {
            String name = names.pop();
            String folder = at.get().path();
            if (!at.get().isDirectory()) {
                return Optional.empty();
            }
            if (name.equals("..")) {
                at = files.find(folder.substring(0, Math.max(1, folder.lastIndexOf('/'))));
                continue;
            }
            Optional<FileStat> next = files.find((folder.equals("/") ? "" : folder) + "/" + name);
            Optional<String> target = next.flatMap(FileStat::linkTarget);
            if (target.isEmpty()) {
                at = next;
                continue;
            }
            if (++links > MOST) {
                return Optional.empty();
            }
            List<String> more = names(target.get());
            for (int i = more.size() - 1; i >= 0; i--) {
                names.push(more.get(i));
            }
            at = target.get().startsWith("/") ? files.find("/") : at;
        }
        return at.map(FileStat::path);
    }

    private static List<String> names(String path) {
        return Arrays.stream(path.split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }
}
