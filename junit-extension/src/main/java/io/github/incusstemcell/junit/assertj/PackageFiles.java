package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What dpkg says of the files of packages: whose they are, and whether they are those that were installed. */
record PackageFiles(StemcellContainer stemcell) {

    /** Each dpkg has it, so that where nobody owns even this, the database is gone. */
    private static final String DPKG = "/usr/bin/dpkg";

    /** Folders at the root that may be links to those below /usr, under either of which a package may list a file. */
    private static final Pattern MERGED = Pattern.compile("(/usr)?(/(?:bin|sbin|lib\\w*)/.*)");

    private static final String NOT_FOUND = "dpkg-query: no path found matching pattern ";

    /**
     * Names of packages, by letter.
     *
     * @param path one that may not exist
     */
    List<String> owners(String path) {
        List<String> paths = MERGED.matcher(path).matches()
                ? List.of(MERGED.matcher(path).replaceFirst("$2"), merged(path))
                : List.of(path);
        Command search = command(List.of("dpkg-query", "--search", DPKG), patterns(paths));
        ExecResult result = stemcell.inspectFiles(search);
        boolean isAnswer = result.exitCode() <= 1
                && !result.isTruncated()
                && result.stderr().lines().allMatch(line -> line.startsWith(NOT_FOUND));
        if (!isAnswer || owners(result, List.of(DPKG)).isEmpty()) {
            throw failed("Asking whose " + path + " is", search, result);
        }
        TreeSet<String> owners = new TreeSet<>(owners(result, paths));
        for (Diversion diversion : Diversion.of(result.stdout())) {
            if (paths.contains(merged(diversion.from())) || paths.contains(diversion.from())) {
                owners.retainAll(Set.of(diversion.by()));
            } else if (paths.contains(merged(diversion.to())) || paths.contains(diversion.to())) {
                owners.addAll(listing(diversion.from(), diversion.by()));
            }
        }
        return List.copyOf(owners);
    }

    /** Which dpkg-query takes paths for: units have a backslash in their names for what else would be a hyphen or a blank. */
    private static List<String> patterns(List<String> paths) {
        return paths.stream()
                .map(path -> path.replaceAll("[\\\\*?\\[]", "\\\\$0"))
                .toList();
    }

    /** Those whose file is elsewhere by a diversion. */
    private List<String> listing(String path, String except) {
        Command search = command(List.of("dpkg-query", "--search"), patterns(List.of(path)));
        ExecResult result = stemcell.inspectFiles(search);
        if (result.exitCode() > 1 || result.isTruncated()) {
            throw failed("Asking whose " + path + " is", search, result);
        }
        return owners(result, List.of(path)).stream()
                .filter(owner -> !owner.equals(except))
                .toList();
    }

    /**
     * A file of all packages but one that dpkg puts elsewhere, dpkg-divert(1).
     *
     * @param by the package whose own file stays where it is; empty where somebody has done this by hand
     */
    private record Diversion(String by, String from, String to) {

        private static final Pattern LINES = Pattern.compile(
                "(?m)^(?:local diversion|diversion by (\\S+)) from: (.*)\n(?:local diversion|diversion by \\S+) to: (.*)$");

        static List<Diversion> of(String listed) {
            return LINES.matcher(listed)
                    .results()
                    .map(lines -> new Diversion(
                            Objects.requireNonNullElse(lines.group(1), ""), lines.group(2), lines.group(3)))
                    .toList();
        }
    }

    /** The path of the same file where the folders at the root are links. */
    static String merged(String path) {
        return MERGED.matcher(path).replaceFirst("/usr$2");
    }

    /** Lines as {@code passwd, login:amd64: /usr/share/man}; those of diversions are none. */
    private static List<String> owners(ExecResult result, List<String> paths) {
        TreeSet<String> owners = new TreeSet<>();
        for (String line : FileContent.lines(result.stdout())) {
            int end = line.indexOf(": /");
            if (end > 0 && paths.contains(line.substring(end + 2)) && !line.contains("diversion ")) {
                Arrays.stream(line.substring(0, end).split(", ")).forEach(owners::add);
            }
        }
        return List.copyOf(owners);
    }

    /**
     * What dpkg says of the files of packages.
     *
     * @param changed lines as {@code ??5?????? c /etc/x} and {@code missing /usr/x}
     * @param unknown files of which it has no hash, so that it says nothing of them, as {@code /usr/x of y}
     */
    record Verified(List<String> changed, List<String> unknown) {

        boolean isUnmodified() {
            return changed.isEmpty() && unknown.isEmpty();
        }

        /**
         * As messages say it behind "but ".
         *
         * @param list how they write several
         */
        String words(Function<List<String>, String> list) {
            List<String> words = new ArrayList<>();
            if (!changed.isEmpty()) {
                words.add("dpkg says: " + list.apply(changed));
            }
            if (!unknown.isEmpty()) {
                words.add("dpkg has no hash of " + list.apply(unknown));
            }
            return String.join("; ", words);
        }
    }

    /**
     * Verifies them.
     *
     * @param except paths that do not count, nor what is below them
     * @param packages those that are verified
     * @param names of them; none: of all
     */
    Verified verify(List<String> except, List<GuestPackage> packages, String... names) {
        return new Verified(changed(except, names), unknown(except, packages));
    }

    /**
     * Prints packages and files, each with a NUL behind it: files of packages without hashes, which need none for folders, links and
     * configuration.
     */
    private static final String WITHOUT_HASHES = """
            sub content { open my $file, "<", $_[0] or return (); chomp(my @lines = <$file>); return @lines }
            for my $name (@ARGV) {
                my ($base) = grep { -e "$_.list" } map { "/var/lib/dpkg/info/$_" } $name, $name =~ s/:.*//r;
                next if !defined $base || -s "$base.md5sums";
                my %spared = map { (s/^remove-on-upgrade //r, 1) } content("$base.conffiles");
                print "$name\\0$_\\0" for grep { !$spared{$_} && !-l $_ && -f _ } content("$base.list");
            }
            """;

    private List<String> unknown(List<String> except, List<GuestPackage> packages) {
        String[] names = packages.stream().map(GuestPackage::fullName).toArray(String[]::new);
        Command ask = Command.perl(WITHOUT_HASHES, names).environment("LC_ALL", "C");
        String[] printed = stemcell.inspect(ask).requireWhole().stdout().split("\0");
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i + 1 < printed.length; i += 2) {
            if (!isExcepted(except, printed[i + 1])) {
                unknown.add(printed[i + 1] + " of " + printed[i]);
            }
        }
        return unknown;
    }

    private List<String> changed(List<String> except, String... names) {
        Command verify = command(List.of("dpkg", "--verify"), List.of(names));
        ExecResult result = stemcell.inspect(verify);
        // It ends with 1 where there are some.
        if (result.exitCode() > 1 || !result.stderr().isEmpty() || result.isTruncated()) {
            throw failed("Verifying " + (names.length == 0 ? "all packages" : String.join(" ", names)), verify, result);
        }
        return result.stdout()
                .lines()
                .filter(line -> !isExcepted(except, line.substring(Math.max(0, line.indexOf('/')))))
                .map(line -> line.replaceAll("\\s+", " "))
                .toList();
    }

    /** Whether a path is one of some, or below one of them. */
    static boolean isExcepted(List<String> except, String path) {
        return except.stream().anyMatch(folder -> path.equals(folder) || path.startsWith(folder + "/"));
    }

    private static Command command(List<String> program, List<String> arguments) {
        List<String> argv = new ArrayList<>(program);
        argv.addAll(arguments);
        return Command.of(argv).environment("LC_ALL", "C");
    }

    private AssertionError failed(String what, Command command, ExecResult result) {
        Packages.refuseOthers(stemcell);
        return AssertionErrors.ofExit(what + " by '" + command + "' on " + stemcell.name(), result);
    }
}
