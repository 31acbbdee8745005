package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.GuestChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The processes of a guest, read from /proc by one command. It is left out itself, and so is the process by which {@link
 * StemcellContainer#inspect} looks, with all that it starts.
 */
record Processes(List<GuestProcess> entries) {

    /**
     * Processes that end meanwhile are no error; what there may be anything in comes last. One process reads all, as to start another
     * takes longer than to read twenty. With an argument it reads also what only {@link ProcessDetails} have, which is most of the work.
     */
    private static final String TABLE = """
            my ($table, $programs) = ("$$\\n", '');
            sub records {
                my ($file, $end, $pattern) = @_;
                sysopen my $source, $file, 0 or return '';
                my $all = '';
                1 while sysread $source, $all, 1 << 16, length $all;
                my @records = split $end, $all, -1;
                pop @records if @records && $records[-1] eq '';
                return join '', map "$file:$_$end", grep /$pattern/, @records;
            }
            sub numbers {
                opendir my $folder, $_[0] or return;
                return sort grep /^[0-9]/, readdir $folder;
            }
            chdir '/proc' or die "/proc: $!\\n";
            for my $pid (numbers '.') {
                $table .= records "$pid/status", "\\n", qr/^(?:Name|State|PPid|Uid|VmRSS|Threads):/;
                $table .= records "$pid/cgroup", "\\n", qr/^0::/;
                my @links = "$pid/exe";
                if (@ARGV) {
                    $table .= records "$pid/limits", "\\n", qr/^Max/;
                    $table .= records "$pid/stat", "\\n", qr/\\)/;
                    $programs .= records "$pid/environ", "\\0", qr/^/;
                    push @links, map "$pid/fd/$_", numbers "$pid/fd";
                }
                $programs .= records "$pid/cmdline", "\\0", qr/^/;
                for my $link (@links) {
                    my $target = readlink $link;
                    $programs .= "$link:$target\\0" if defined $target;
                }
            }
            $table .= "--\\n$programs";
            # In one piece, so that it comes as one.
            for (my $written = 0; $written < length $table;) {
                $written += syswrite(STDOUT, $table, length($table) - $written, $written) || die "stdout: $!\\n";
            }
            """;

    /** What the script is given to read them, too. */
    private static final String DETAILS = "details";

    private static final int NO_PERL = 127;

    /** The same where there is no perl. */
    private static final String SCRIPT = "for tool in grep find; do"
            + " command -v $tool >/dev/null || { echo \"there is no $tool\" >&2; exit 1; }; done; cd /proc && echo $$"
            + " && { grep -asH '^\\(Name\\|State\\|PPid\\|Uid\\|VmRSS\\|Threads\\):' [0-9]*/status; grep -asH '^0::' [0-9]*/cgroup;"
            + " grep -asH '^Max' [0-9]*/limits; grep -asH ')' [0-9]*/stat;"
            + " echo --; find [0-9]*/exe -printf '%p:%l\\0' 2>/dev/null; grep -azsH '' [0-9]*/cmdline [0-9]*/environ;"
            + " find [0-9]*/fd -type l -printf '%p:%l\\0' 2>/dev/null; true; }";

    /** What the kernel puts behind the path of a program whose file was removed or replaced. */
    static final String REMOVED = " (deleted)";

    static Processes of(StemcellContainer stemcell) {
        return of(stemcell, DETAILS);
    }

    /** The same, where nobody asks for their {@link ProcessDetails}: they are empty, or not. */
    static Processes inBrief(StemcellContainer stemcell) {
        return of(stemcell, new String[0]);
    }

    private static Processes of(StemcellContainer stemcell, String... details) {
        ExecResult table = stemcell.inspect(Command.perl(TABLE, details));
        ExecResult whole = table.exitCode() == NO_PERL ? stemcell.inspect(Command.of("sh", "-c", SCRIPT)) : table;
        return of(stemcell.name(), whole.requireWhole().stdout(), details.length > 0);
    }

    static Processes of(String guest, String printed) {
        return of(guest, printed, true);
    }

    private static Processes of(String guest, String printed, boolean hasDetails) {
        int programs = printed.indexOf("\n--\n");
        if (programs < 0) {
            throw noProcesses(guest);
        }
        Map<Integer, Draft> drafts = new HashMap<>();
        String[] lines = printed.substring(0, programs).split("\n");
        String what = "processes in /proc on " + guest;
        int own = GuestLine.read(what, lines[0], Integer::valueOf);
        Stream.of(lines)
                .skip(1)
                .forEach(line -> GuestLine.read(
                        what, line, each -> draft(drafts, each).read(each.substring(each.indexOf('/') + 1))));
        Stream.of(printed.substring(programs + 4).split("\0"))
                .filter(record -> !record.isEmpty())
                .forEach(record -> GuestLine.read(
                        what, record, each -> draft(drafts, each).readProgram(each.substring(each.indexOf('/') + 1))));
        List<GuestProcess> all = drafts.entrySet().stream()
                .filter(draft -> draft.getValue().isWhole(hasDetails))
                .map(draft -> GuestLine.read(
                        what, draft.getKey() + " with " + draft.getValue().status, whole -> draft.getValue()
                                .done(draft.getKey(), drafts, hasDetails)))
                .toList();
        List<GuestProcess> entries = ofGuest(all, own);
        if (entries.isEmpty() || entries.get(0).pid() != 1) {
            throw noProcesses(guest);
        }
        return new Processes(entries);
    }

    private static AssertionError noProcesses(String guest) {
        return AssertionErrors.of("Expecting /proc on " + guest + " to have all processes\n  but it has no process 1");
    }

    /** Without those that look, and their children and children's children. */
    private static List<GuestProcess> ofGuest(List<GuestProcess> all, int own) {
        Set<Integer> looks = new HashSet<>();
        all.stream().filter(process -> isLook(process, own)).forEach(look -> looks.add(look.pid()));
        boolean more = true;
        while (more) {
            more = false;
            for (GuestProcess process : all) {
                more |= looks.contains(process.parent()) && looks.add(process.pid());
            }
        }
        return all.stream()
                .filter(process -> !looks.contains(process.pid()))
                .sorted(Comparator.comparingInt(GuestProcess::pid))
                .toList();
    }

    /** Only what was started from outside has no parent. */
    private static boolean isLook(GuestProcess process, int own) {
        return process.pid() == own || process.parent() == 0 && isChannel(process);
    }

    /** It gives itself that name when it begins; until then it is a perl that has it as its last argument. */
    private static boolean isChannel(GuestProcess process) {
        List<String> arguments = process.arguments();
        return process.name().equals(GuestChannel.PROCESS)
                || process.name().equals("perl")
                        && arguments.size() > 3
                        && arguments.get(arguments.size() - 1).equals(GuestChannel.PROCESS);
    }

    /** As systemctl completes it. */
    static String unitName(String unit) {
        return unit.endsWith(".service") || unit.endsWith(".scope") ? unit : unit + ".service";
    }

    /** All names of a unit, that by which it was asked for among them: control groups have one, of which others are aliases. */
    static List<String> unitNames(Subject subject, String unit) {
        String name = unitName(unit);
        return Stream.concat(Stream.of(name), subject.systemd().unit(name).names().stream())
                .distinct()
                .toList();
    }

    private static Draft draft(Map<Integer, Draft> drafts, String line) {
        return drafts.computeIfAbsent(Integer.valueOf(line.substring(0, line.indexOf('/'))), pid -> new Draft());
    }

    /** Those that have not ended. */
    List<GuestProcess> alive() {
        return entries.stream().filter(GuestProcess::isAlive).toList();
    }

    List<GuestProcess> withSocket(long inode) {
        return entries.stream()
                .filter(process -> process.sockets().contains(inode))
                .toList();
    }

    /** What was read so far of one process. */
    private static final class Draft {

        private static final Set<String> STATUS_FIELDS = Set.of("Name", "State", "PPid", "Uid");
        private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
        private static final long KIB = 1024;
        /** Of the fields of proc_pid_stat(5) behind the name. */
        private static final int NICE = 16;

        private final Map<String, String> status = new HashMap<>();
        private final Map<ProcessLimit, ProcessDetails.Limit> limits = new EnumMap<>(ProcessLimit.class);
        private final Map<String, String> environment = new HashMap<>();
        private final List<String> argv = new ArrayList<>();
        private final List<String> openFiles = new ArrayList<>();
        private String cgroup = "";
        private String executable = "";
        private int nice;

        Draft read(String line) {
            String text = line.substring(line.indexOf(':') + 1);
            if (line.startsWith("status:")) {
                int colon = text.indexOf(":\t");
                status.put(text.substring(0, colon), text.substring(colon + 2));
            } else if (line.startsWith("cgroup:")) {
                cgroup = text.substring("0::".length());
            } else if (line.startsWith("limits:")) {
                readLimit(text);
            } else {
                // The name may have line ends and brackets in it, and the numbers are behind all of them.
                String[] field =
                        text.substring(text.lastIndexOf(')') + 1).strip().split(" ");
                nice = field.length > NICE ? Integer.parseInt(field[NICE]) : nice;
            }
            return this;
        }

        private void readLimit(String line) {
            ProcessLimit.of(line).ifPresent(limit -> {
                String[] field = limit.fields(line);
                limits.put(limit, new ProcessDetails.Limit(limit(field[0]), limit(field[1])));
            });
        }

        private static OptionalLong limit(String text) {
            return text.equals("unlimited") ? OptionalLong.empty() : OptionalLong.of(KernelNumber.nearest(text));
        }

        Draft readProgram(String line) {
            String text = line.substring(line.indexOf(':') + 1);
            if (line.startsWith("cmdline:")) {
                argv.add(text);
            } else if (line.startsWith("environ:")) {
                int name = text.indexOf('=');
                environment.putIfAbsent(name < 0 ? text : text.substring(0, name), text.substring(name + 1));
            } else if (line.startsWith("exe:")) {
                executable = text.endsWith(REMOVED) ? text.substring(0, text.length() - REMOVED.length()) : text;
            } else {
                openFiles.add(text);
            }
            return this;
        }

        /** Whether it did not end before all was read. */
        boolean isWhole(boolean hasDetails) {
            return status.keySet().containsAll(STATUS_FIELDS) && (!hasDetails || !limits.isEmpty());
        }

        /** As {@code 5120 kB}. */
        private long memory() {
            return KIB
                    * Long.parseLong(status.getOrDefault("VmRSS", "0").strip().split(" ")[0]);
        }

        private String status(String field) {
            return Objects.requireNonNull(status.get(field), field);
        }

        /** As the kernel has it, which writes line ends and backslashes in it with a backslash here. */
        private String name() {
            return ESCAPED.matcher(status("Name"))
                    .replaceAll(
                            letter -> Matcher.quoteReplacement(letter.group(1).equals("n") ? "\n" : letter.group(1)));
        }

        private int parent() {
            return Integer.parseInt(status("PPid"));
        }

        GuestProcess done(int pid, Map<Integer, Draft> all, boolean hasDetails) {
            Draft above = all.get(parent());
            return new GuestProcess(
                    pid,
                    parent(),
                    above == null || !above.isWhole(hasDetails)
                            ? ""
                            : GuestProcess.fullName(above.name(), above.executable),
                    name(),
                    executable,
                    argv,
                    status("State").charAt(0),
                    Integer.parseInt(status.getOrDefault("Threads", "1").strip()),
                    Long.parseLong(status("Uid").split("\t")[1]),
                    cgroup,
                    new ProcessDetails(nice, memory(), environment, limits, openFiles));
        }
    }
}
