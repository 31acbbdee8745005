package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The processes of a guest, read from /proc by one command, whose own processes are left out. */
record Processes(List<GuestProcess> entries) {

    /** Processes that end meanwhile are no error; programs and arguments come last, because there may be anything in them. */
    private static final String SCRIPT = "for tool in grep find; do"
            + " command -v $tool >/dev/null || { echo \"there is no $tool\" >&2; exit 1; }; done; cd /proc && echo $$"
            + " && { grep -asH '^\\(Name\\|State\\|PPid\\|Uid\\):' [0-9]*/status; grep -asH '^0::' [0-9]*/cgroup;"
            + " find [0-9]*/fd -lname 'socket:*' -printf '%p %l\\n' 2>/dev/null;"
            + " echo --; find [0-9]*/exe -printf '%p:%l\\0' 2>/dev/null; grep -azsH '' [0-9]*/cmdline; true; }";

    /** What the kernel puts behind the path of a program whose file was removed or replaced. */
    private static final String REMOVED = " (deleted)";

    static Processes of(StemcellContainer stemcell) {
        String all = stemcell.shell(SCRIPT).requireWhole().stdout();
        int programs = all.indexOf("\n--\n");
        Map<Integer, Draft> drafts = new HashMap<>();
        String[] lines = all.substring(0, programs).split("\n");
        int own = Integer.parseInt(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i];
            draft(drafts, line).read(line.substring(line.indexOf('/') + 1));
        }
        for (String record : all.substring(programs + 4).split("\0")) {
            if (!record.isEmpty()) {
                draft(drafts, record).readProgram(record.substring(record.indexOf('/') + 1));
            }
        }
        List<GuestProcess> entries = drafts.entrySet().stream()
                .map(draft -> draft.getValue().done(draft.getKey()))
                .filter(Objects::nonNull)
                .filter(process -> process.pid() != own && process.parent() != own)
                .sorted(java.util.Comparator.comparingInt(GuestProcess::pid))
                .toList();
        if (entries.isEmpty() || entries.get(0).pid() != 1) {
            throw AssertionErrors.of(
                    "Expecting /proc on " + stemcell.name() + " to have all processes\n  but it has no process 1");
        }
        return new Processes(entries);
    }

    /** As systemctl completes it. */
    static String unitName(String unit) {
        return unit.endsWith(".service") || unit.endsWith(".scope") ? unit : unit + ".service";
    }

    private static Draft draft(Map<Integer, Draft> drafts, String line) {
        return drafts.computeIfAbsent(Integer.valueOf(line.substring(0, line.indexOf('/'))), pid -> new Draft());
    }

    List<GuestProcess> withSocket(long inode) {
        return entries.stream()
                .filter(process -> process.sockets().contains(inode))
                .toList();
    }

    /** What was read so far of one process. */
    private static final class Draft {

        private final Map<String, String> status = new HashMap<>();
        private final List<String> argv = new ArrayList<>();
        private final Set<Long> sockets = new java.util.HashSet<>();
        private String cgroup = "";
        private String executable = "";

        void read(String line) {
            if (line.startsWith("status:")) {
                String[] field = line.substring("status:".length()).split(":\t", 2);
                status.put(field[0], field[1]);
            } else if (line.startsWith("cgroup:0::")) {
                cgroup = line.substring("cgroup:0::".length());
            } else {
                sockets.add(Long.valueOf(line.substring(line.indexOf('[') + 1, line.length() - 1)));
            }
        }

        void readProgram(String line) {
            String text = line.substring(line.indexOf(':') + 1);
            if (line.startsWith("cmdline:")) {
                argv.add(text);
            } else {
                executable = text.endsWith(REMOVED) ? text.substring(0, text.length() - REMOVED.length()) : text;
            }
        }

        /** Null where it ended before all was read. */
        GuestProcess done(int pid) {
            if (status.size() < 4) {
                return null;
            }
            return new GuestProcess(
                    pid,
                    Integer.parseInt(status.get("PPid")),
                    status.get("Name"),
                    executable,
                    argv,
                    status.get("State").charAt(0),
                    Long.parseLong(status.get("Uid").split("\t")[1]),
                    cgroup,
                    sockets);
        }
    }
}
