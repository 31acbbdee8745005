package io.github.incusstemcell.container;

import io.github.incusstemcell.GuestText;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.Diagnostics.File;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches what somebody has named from a guest, whether it runs or not: files, and folders with all files below them. What has come can
 * be had at any moment, as the guest may take as long as it likes.
 *
 * <p>A named path may be a symbolic link. Those below it are not followed: they may lead anywhere, in circles, too.
 */
final class ArtifactDownload {

    /** Where the jobs of BOSH releases write their logs. */
    static final String LOGS = "/var/vcap/sys/log";

    /** Of a longer file the end is fetched: of a log it tells most. */
    static final int FILE_LIMIT = 8 << 20;

    static final int LIMIT = 32 << 20;
    static final int FILES = 1_000;

    private final GuestFiles guest;
    private final Set<String> seen = new HashSet<>();
    private final List<File> fetched = new ArrayList<>();
    private String current = LOGS;
    private long left = LIMIT;
    private boolean ended;

    ArtifactDownload(GuestFiles guest) {
        this.guest = guest;
    }

    /**
     * Refuses what cannot be fetched from any guest.
     *
     * @throws IllegalArgumentException if it is not absolute, or all of the guest
     */
    static void requirePath(String path) {
        if (!path.startsWith("/") || path.replace("/", "").isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + path + "' names no artifact in a guest; write an absolute path, such as /etc/nginx");
        }
    }

    /** {@return true, once all of it is fetched} */
    boolean fetch(List<String> paths) {
        if (!paths.contains(LOGS)) {
            fetch(LOGS, false);
        }
        paths.forEach(path -> fetch(path, true));
        return true;
    }

    /** {@return what has come, and in its place what has not} */
    synchronized List<File> end(String trouble) {
        ended = true;
        if (!trouble.isEmpty()) {
            fetched.add(missing(current, "it and what comes after it is not all there: " + trouble));
        }
        return List.copyOf(fetched);
    }

    private void fetch(String path, boolean named) {
        begin(path);
        try {
            if (guest.isDirectory(path)) {
                int before = count();
                fetchBelow(path);
                if (named && count() == before) {
                    add(missing(path, "there is no file below it"));
                }
            } else if (guest.exists(path)) {
                fetchFile(path, size(path));
            } else if (named) {
                add(missing(path, "there is no such file"));
            }
        } catch (IncusStemcellException e) {
            add(missing(path, e.getMessage()));
        }
    }

    private void fetchBelow(String folder) {
        for (FileStat child : guest.list(folder)) {
            switch (child.type()) {
                case DIRECTORY -> fetchBelow(child.path());
                case FILE -> fetchFile(child.path(), child.size());
                case SYMLINK -> add(missing(child.path(), "symbolic links below a folder are not followed"));
                default ->
                    add(missing(
                            child.path(),
                            "it is no file, but a " + child.type().name().toLowerCase(Locale.ROOT)));
            }
        }
    }

    /** What a symbolic link leads to says its size only as it is read. */
    private long size(String path) {
        FileStat stat = guest.stat(path);
        return stat.isFile() ? stat.size() : 0;
    }

    private void fetchFile(String path, long size) {
        if (!seen.add(path)) {
            return;
        }
        begin(path);
        long most = Math.min(FILE_LIMIT, left);
        if (count() >= FILES || most == 0) {
            throw new IncusStemcellException(
                    "the rest is left out, after " + FILES + " files or " + (LIMIT >> 20) + " MiB");
        }
        long offset = Math.max(0, size - most);
        try (InputStream content = guest.read(path, offset)) {
            byte[] bytes = content.readNBytes((int) most);
            boolean more = content.read() >= 0;
            left -= bytes.length;
            add(new File(path, GuestText.escaped(path), bytes, cut(offset, more)));
        } catch (IOException | IncusStemcellException e) {
            add(missing(path, String.valueOf(e.getMessage())));
        }
    }

    private static Optional<String> cut(long offset, boolean more) {
        if (offset > 0) {
            return Optional.of("the first " + offset + " bytes are left out");
        }
        return more ? Optional.of("it goes on") : Optional.empty();
    }

    private static File missing(String path, String trouble) {
        return new File(path, GuestText.escaped(path), new byte[0], Optional.of(trouble));
    }

    private synchronized void begin(String path) {
        current = path;
    }

    private synchronized int count() {
        return fetched.size();
    }

    private synchronized void add(File file) {
        if (!ended) {
            fetched.add(file);
        }
    }
}
