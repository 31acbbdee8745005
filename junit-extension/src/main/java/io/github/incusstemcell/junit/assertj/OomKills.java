package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.systemd.Unit;

/** How many processes the kernel has killed for want of memory, as control groups count them. */
final class OomKills {

    private static final String ROOT = "/sys/fs/cgroup";

    private OomKills() {}

    /** Of a whole guest: its control group is the outermost that it sees. */
    static long of(StemcellContainer stemcell) {
        return count(stemcell, ROOT);
    }

    /** Of a unit; none where it has no control group, because it does not run. */
    static long of(StemcellContainer stemcell, Unit unit) {
        String group = unit.property("ControlGroup").orElse("");
        boolean isThere = !group.isEmpty() && stemcell.files().isDirectory(ROOT + group);
        return isThere ? count(stemcell, ROOT + group) : 0;
    }

    private static long count(StemcellContainer stemcell, String group) {
        String path = group + "/memory.events";
        ExecResult events = stemcell.inspect(Command.of("cat", path));
        return events.stdout()
                .lines()
                .filter(line -> line.startsWith("oom_kill "))
                .findFirst()
                .map(line -> GuestLine.read(
                        "a count in " + path + " on " + stemcell.name(),
                        line,
                        each -> Long.valueOf(each.substring("oom_kill ".length()))))
                .orElseThrow(() -> AssertionErrors.of("Expecting " + path + " on " + stemcell.name()
                        + " to count OOM kills, which takes a controller of memory\n  but there was no oom_kill; stderr: "
                        + events.stderr().strip()));
    }
}
