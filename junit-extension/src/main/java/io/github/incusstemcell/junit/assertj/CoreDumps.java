package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The core dumps that left a trace in a guest: in the journal, where the process of a unit dumped core or systemd-coredump took a dump in;
 * in the folders of systemd-coredump and of apport; and where the kernel itself writes them, which is the root folder for services where
 * its pattern names no folder. A pattern that hands dumps to a program of the host leaves none in the guest.
 */
final class CoreDumps {

    private static final String PATTERN = "/proc/sys/kernel/core_pattern";
    private static final Pattern SPECIAL = Pattern.compile("%.|[*?\\[\\\\]");

    private CoreDumps() {}

    static List<String> of(StemcellContainer stemcell) {
        List<String> found = new ArrayList<>();
        List<JournalEntry> ofSystemd =
                stemcell.journal().entries(JournalQuery.all().identifier("systemd"));
        if (ofSystemd.isEmpty()) {
            throw AssertionErrors.of("Expecting the journal of " + stemcell.name() + " to tell what systemd did\n"
                    + "  but it has no entry of systemd, as if none were written");
        }
        ofSystemd.stream()
                .filter(entry ->
                        entry.field("EXIT_CODE").filter("dumped"::equals).isPresent())
                .forEach(entry -> found.add(entry.toString()));
        stemcell.journal().entries(JournalQuery.all().identifier("systemd-coredump")).stream()
                .filter(entry -> entry.field("COREDUMP_PID").isPresent())
                .forEach(entry -> found.add(entry.message().lines().findFirst().orElse("")));
        GuestFiles files = stemcell.files();
        Stream.of("/var/lib/systemd/coredump", "/var/crash")
                .flatMap(folder -> in(files, folder))
                .forEach(file -> found.add(file.path()));
        byKernel(files).forEach(file -> found.add(file.path()));
        return found;
    }

    private static Stream<FileStat> in(GuestFiles files, String folder) {
        return files.isDirectory(folder) ? files.list(folder).stream().filter(FileStat::isFile) : Stream.empty();
    }

    private static Stream<FileStat> byKernel(GuestFiles files) {
        String pattern = files.readString(PATTERN).strip();
        if (pattern.isEmpty() || pattern.startsWith("|")) {
            return Stream.empty();
        }
        String path = pattern.startsWith("/") ? pattern : "/" + pattern;
        int slash = path.lastIndexOf('/');
        return in(files, path.substring(0, Math.max(1, slash)))
                .filter(file -> isNamedBy(path.substring(slash + 1), file.name()));
    }

    /** Whether the kernel may have given a file this name (core(5)), in which it may have added the pid behind a point. */
    static boolean isNamedBy(String pattern, String name) {
        int point = name.lastIndexOf('.');
        boolean pidBehind = point >= 0 && name.substring(point + 1).matches("[0-9]+");
        return matches(pattern, name) || pidBehind && matches(pattern, name.substring(0, point));
    }

    /** Each specifier stands for any text, and all else for itself. */
    private static boolean matches(String pattern, String name) {
        String glob = SPECIAL.matcher(pattern)
                .replaceAll(
                        found -> found.group().startsWith("%") ? "*" : Matcher.quoteReplacement("\\" + found.group()));
        return Glob.matches(glob, name);
    }
}
