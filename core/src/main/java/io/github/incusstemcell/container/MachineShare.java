package io.github.incusstemcell.container;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run says of itself to all others that share a limit of machines with it. All of it stands in the name of a profile, as Incus creates
 * and deletes profiles in one transaction, whose names it lists by one query. A profile is never changed: what Incus checks then before
 * it writes is another transaction, and all members of a cluster are told.
 *
 * @param run a part of the id of the run; nobody else writes about it
 * @param version the higher one counts, where one is written and the one before not yet deleted
 * @param running how many machines it has, or is about to start
 * @param waiting how many more it would start
 * @param ended how many it has ended up to now
 * @param since since when the next of them waits, in milliseconds since the epoch by its own clock; only the order among equals depends on it
 */
record MachineShare(String run, long version, int running, int waiting, int ended, long since) {

    private static final String PREFIX = "isc-run-";

    private static final int RUN = 12;

    private static final Pattern NAME =
            Pattern.compile(PREFIX + "([0-9a-f]{" + RUN + "})-(\\d{1,9})-(\\d{1,5})-(\\d{1,5})-(\\d{1,5})-(\\d{1,13})");

    /** Empty for a profile that is none of these. */
    static Optional<MachineShare> of(String profile) {
        Matcher name = NAME.matcher(profile);
        return name.matches()
                ? Optional.of(new MachineShare(
                        name.group(1),
                        Long.parseLong(name.group(2)),
                        Integer.parseInt(name.group(3)),
                        Integer.parseInt(name.group(4)),
                        Integer.parseInt(name.group(5)),
                        Long.parseLong(name.group(6))))
                : Optional.empty();
    }

    /** {@return the part of the id of the run with that lease} */
    static String run(Lease lease) {
        return lease.run().replace("-", "").substring(0, RUN);
    }

    /** The name of its profile, of at most 64 characters. */
    String name() {
        return PREFIX + String.join("-", run, text(version), text(running), text(waiting), text(ended), text(since));
    }

    private static String text(long number) {
        return Long.toString(number);
    }

    /** {@return whether there is nothing that others have to know} */
    boolean isEmpty() {
        return running == 0 && waiting == 0;
    }

    /**
     * How many of those that wait come before the next of this run. Each free place goes to the run that has the fewest machines; of these,
     * to the one that has waited for longest.
     */
    int before(Collection<MachineShare> others) {
        List<MachineShare> all = new ArrayList<>(others);
        all.add(this);
        for (int served = 0; ; served++) {
            MachineShare next = all.stream()
                    .filter(share -> share.waiting > 0)
                    .min(Comparator.comparingInt(MachineShare::running)
                            .thenComparingLong(MachineShare::since)
                            .thenComparing(MachineShare::run))
                    .orElseThrow();
            if (next.run.equals(run)) {
                return served;
            }
            all.set(
                    all.indexOf(next),
                    new MachineShare(
                            next.run, next.version, next.running + 1, next.waiting - 1, next.ended, Long.MAX_VALUE));
        }
    }
}
