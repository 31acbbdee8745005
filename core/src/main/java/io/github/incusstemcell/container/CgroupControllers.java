package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What of the limits of Incus can be enforced where a container runs: the daemon takes those without a controller without a word. */
final class CgroupControllers {

    private static final String FILE = "/sys/fs/cgroup/cgroup.controllers";

    /** Of several beginnings the longest counts. */
    private static final Map<String, String> BY_KEY = Map.of(
            "limits.memory", "memory",
            "limits.cpu", "cpuset",
            "limits.cpu.allowance", "cpu",
            "limits.cpu.priority", "cpu",
            "limits.processes", "pids",
            "limits.hugepages", "hugetlb",
            "limits.disk", "io");

    private CgroupControllers() {}

    /**
     * Refuses an option that would say nothing. Where the guest does not run, or has its cgroups elsewhere, nothing is known.
     *
     * @throws IncusStemcellException if a controller is missing
     */
    static void require(Instance guest, String key) {
        lacking(guest, key).ifPresent(lacking -> {
            throw new IncusStemcellException("'" + key + "' of '" + guest.name()
                    + "' was not changed, since it could not be enforced: " + lacking);
        });
    }

    /** {@return why an option says nothing; empty where it does, or where that is not known} */
    static Optional<String> lacking(Instance guest, String key) {
        Optional<String> controller = BY_KEY.keySet().stream()
                .filter(beginning -> key.equals(beginning) || key.startsWith(beginning + "."))
                .max((one, other) -> one.length() - other.length())
                .map(BY_KEY::get);
        if (controller.isEmpty() || !guest.info().isRunning() || !guest.files().exists(FILE)) {
            return Optional.empty();
        }
        List<String> there =
                Arrays.asList(guest.files().readString(FILE).strip().split(" "));
        return controller
                .filter(wanted -> !there.contains(wanted))
                .map(wanted -> "containers of that machine have no cgroup controller '" + wanted + "', "
                        + (there.contains("") ? "nor any other" : "but " + there) + ". See there: incus warning list");
    }
}
