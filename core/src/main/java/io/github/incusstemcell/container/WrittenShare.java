package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Incus;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** What a run has told the others of its {@link MachineShare}, as profiles, of which the newest counts. Not thread-safe. */
final class WrittenShare {

    private final Incus incus;
    private final Lease lease;

    private MachineShare last;
    private long version;

    /** The last one, and those before it whose creation or deletion failed. */
    private final Set<String> profiles = new LinkedHashSet<>();

    WrittenShare(Incus incus, Lease lease, String run) {
        this.incus = incus;
        this.lease = lease;
        this.last = new MachineShare(run, 0, 0, 0, 0, 0);
    }

    MachineShare last() {
        return last;
    }

    /** {@return whether there is something in the daemon} */
    boolean isThere() {
        return !profiles.isEmpty();
    }

    /**
     * First the new one, then not the old one: whichever of the two fails, the newest counts. Each try has a version of its own, as one whose
     * answer is lost may have been written.
     *
     * @param share gives it by its version
     */
    void write(LongFunction<MachineShare> share) {
        MachineShare next = share.apply(++version);
        if (!next.isEmpty()) {
            profiles.add(next.name());
            incus.profiles()
                    .create(
                            next.name(),
                            lease.renewedOf("a share of the machines").keys(),
                            Map.of(),
                            "How many machines a run of Incus Stemcell has");
        }
        last = next;
        for (String name : List.copyOf(profiles)) {
            if (!name.equals(next.name())) {
                incus.profiles().delete(name);
                profiles.remove(name);
            }
        }
    }
}
