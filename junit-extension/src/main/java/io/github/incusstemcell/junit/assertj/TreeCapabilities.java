package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The capabilities of all files that find(1) finds, in one round trip; see {@link FileAttributes}. */
final class TreeCapabilities {

    /** Prints hex and path of each that has some, each with a NUL behind it. */
    private static final String SCRIPT = """
            use POSIX qw(uname);
            my %lgetxattr = (x86_64 => 192, aarch64 => 9);
            my $number = $lgetxattr{(uname())[4]} or die "unknown machine\\n";
            my $attribute = "security.capability";
            open my $find, "-|", @ARGV or die "find: $!\\n";
            local $/ = "\\0";
            while (my $path = <$find>) {
                chomp $path;
                my $value = "\\0" x 64;
                my $length = syscall($number, $path, $attribute, $value, 64);
                if ($length < 0) {
                    next if $! == 61 || $! == 95 || $! == 2; # ENODATA, EOPNOTSUPP, ENOENT: it has gone meanwhile
                    die "$path: $!\\n";
                }
                print unpack("H*", substr($value, 0, $length)), "\\0$path\\0";
            }
            close $find or die "find ended with " . ($? >> 8) . "\\n";
            """;

    private TreeCapabilities() {}

    /**
     * Verifies which files have some.
     *
     * @param what how messages name where they are
     * @param find a command that prints paths with NULs behind them
     * @param wanted their paths, by letter
     */
    static void check(Subject subject, String what, List<String> find, List<String> wanted) {
        Observation<Map<String, Capabilities>> seen = new Observation<Map<String, Capabilities>>(
                        subject.timing(), found -> List.copyOf(found.keySet()).equals(wanted), TreeCapabilities::words)
                .polling(() -> of(subject.stemcell(), find));
        subject.verify(
                what,
                wanted.isEmpty()
                        ? "have no files with capabilities"
                        : "have capabilities exactly for " + String.join(" ", wanted),
                seen,
                found -> "there were " + words(found));
    }

    private static String words(Map<String, Capabilities> found) {
        return found.isEmpty()
                ? "none"
                : found.entrySet().stream()
                        .map(file -> file.getKey() + " " + file.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static Map<String, Capabilities> of(StemcellContainer stemcell, List<String> find) {
        String[] field = stemcell.inspectFiles(
                        Command.perl(SCRIPT, find.toArray(String[]::new)).environment("LC_ALL", "C.UTF-8"))
                .requireWhole()
                .stdout()
                .split("\0");
        Map<String, Capabilities> found = new TreeMap<>();
        for (int i = 0; i + 1 < field.length; i += 2) {
            found.put(field[i + 1], Capabilities.ofHex(stemcell.name(), field[i]));
        }
        return found;
    }
}
