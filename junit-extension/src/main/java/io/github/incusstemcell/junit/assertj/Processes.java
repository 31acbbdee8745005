package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The processes of a guest, read from /proc by one command, whose own processes are left out. */
record Processes(List<Entry> entries) {

    private static final int LONGEST_NAME = 15;

    /** Processes that end meanwhile are no error; the arguments come last, because there may be anything in them. */
    private static final String SCRIPT = "for tool in grep find; do"
            + " command -v $tool >/dev/null || { echo \"there is no $tool\" >&2; exit 1; }; done; cd /proc && echo $$"
            + " && { grep -asH '^\\(Name\\|State\\|PPid\\|Uid\\):' [0-9]*/status; grep -asH '^0::' [0-9]*/cgroup;"
            + " find [0-9]*/fd -lname 'socket:*' -printf '%p %l\\n' 2>/dev/null;"
            + " echo --; grep -azsH '' [0-9]*/cmdline; true; }";

    /**
     * A process.
     *
     * @param uid the number of the user whose rights it has
     * @param cgroup its control group
     * @param sockets the inodes of its sockets
     */
    record Entry(
            int pid,
            int parent,
            String name,
            char state,
            int uid,
            String cgroup,
            List<String> argv,
            Set<Long> sockets) {

        /** The innermost unit that it is part of. */
        Optional<String> unit() {
            String[] path = cgroup.split("/");
            for (int i = path.length - 1; i >= 0; i--) {
                if (path[i].endsWith(".service") || path[i].endsWith(".scope")) {
                    return Optional.of(path[i]);
                }
            }
            return Optional.empty();
        }

        /** Whether it has not ended. */
        boolean isAlive() {
            return state != 'Z' && state != 'X';
        }

        boolean isPartOf(String unit) {
            return unit().filter(unitName(unit)::equals).isPresent();
        }

        boolean isNamed(String wanted) {
            return name.equals(wanted.substring(0, Math.min(LONGEST_NAME, wanted.length())));
        }

        /** As sshd[712] of ssh.service. */
        String words() {
            return name + "[" + pid + "]" + unit().map(" of "::concat).orElse("");
        }
    }

    static Processes of(StemcellContainer stemcell) {
        String all = stemcell.shell(SCRIPT).requireWhole().stdout();
        int arguments = all.indexOf("\n--\n");
        Map<Integer, Draft> drafts = new HashMap<>();
        String[] lines = all.substring(0, arguments).split("\n");
        int own = Integer.parseInt(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i];
            draft(drafts, line).read(line.substring(line.indexOf('/') + 1));
        }
        for (String record : all.substring(arguments + 4).split("\0")) {
            if (!record.isEmpty()) {
                draft(drafts, record).argv.add(record.substring(record.indexOf(':') + 1));
            }
        }
        List<Entry> entries = drafts.entrySet().stream()
                .map(draft -> draft.getValue().done(draft.getKey()))
                .filter(Objects::nonNull)
                .filter(process -> process.pid() != own && process.parent() != own)
                .sorted(java.util.Comparator.comparingInt(Entry::pid))
                .toList();
        if (entries.isEmpty() || entries.get(0).pid() != 1) {
            throw new AssertionError(
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

    List<Entry> withSocket(long inode) {
        return entries.stream()
                .filter(process -> process.sockets().contains(inode))
                .toList();
    }

    /** What was read so far of one process. */
    private static final class Draft {

        private final Map<String, String> status = new HashMap<>();
        private final List<String> argv = new ArrayList<>();
        private final Set<Long> sockets = new HashSet<>();
        private String cgroup = "";

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

        /** Null where it ended before all was read. */
        Entry done(int pid) {
            if (status.size() < 4) {
                return null;
            }
            return new Entry(
                    pid,
                    Integer.parseInt(status.get("PPid")),
                    status.get("Name"),
                    status.get("State").charAt(0),
                    Integer.parseInt(status.get("Uid").split("\t")[1]),
                    cgroup,
                    List.copyOf(argv),
                    Set.copyOf(sockets));
        }
    }
}
