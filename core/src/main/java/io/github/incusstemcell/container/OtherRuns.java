package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Profiles;
import io.github.incusstemcell.incus.Profiles.Profile;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all other runs that share a limit of machines have said of themselves, as far as it is known here. Thread-safe. */
final class OtherRuns {

    private static final Logger LOG = LoggerFactory.getLogger(OtherRuns.class);

    private final Incus incus;
    private final Lease lease;
    private final String here;
    private final Duration term;
    private final Map<String, Sighting> known = new HashMap<>();

    /** Since when one has said what it says, by {@link System#nanoTime}, and its lease, once that is read. */
    private record Sighting(MachineShare share, long at, Optional<Lease> lease) {

        String words() {
            return lease.map(its -> "process " + its.pid() + " on " + its.host())
                    .orElse("the run " + share.run());
        }
    }

    /**
     * @param here the run that is none of the others
     * @param term after so long without a new version a run has died
     */
    OtherRuns(Incus incus, Lease lease, String here, Duration term) {
        this.incus = incus;
        this.lease = lease;
        this.here = here;
        this.term = term;
    }

    synchronized List<MachineShare> shares() {
        return known.values().stream().map(Sighting::share).toList();
    }

    /** {@return how many machines they have} */
    synchronized int running() {
        return known.values().stream()
                .mapToInt(other -> other.share().running())
                .sum();
    }

    /** {@return who has machines, and how many, in words} */
    synchronized Stream<String> holders() {
        return known.values().stream()
                .filter(other -> other.share().running() > 0)
                .map(other -> other.share().running() + " of " + other.words())
                .toList()
                .stream();
    }

    /** By the names of profiles all is told, so that those that wait need not ask. */
    synchronized void hear(String action, String profile) {
        Optional<MachineShare> told = MachineShare.of(profile).filter(this::isOther);
        if (told.isEmpty()) {
            return;
        }
        MachineShare share = told.get();
        Sighting before = known.get(share.run());
        if (action.equals("profile-deleted")) {
            if (before != null && before.share().equals(share)) {
                known.remove(share.run());
            }
        } else if (before == null || before.share().version() < share.version()) {
            known.put(
                    share.run(),
                    new Sighting(
                            share,
                            System.nanoTime(),
                            Optional.ofNullable(before).flatMap(Sighting::lease)));
        }
    }

    /** Asks the daemon, and removes what the dead have left. What is heard meanwhile is newer, and stays. */
    void look() {
        Set<String> before = runs();
        Map<String, MachineShare> newest = new HashMap<>();
        for (String name : profiles().names()) {
            MachineShare.of(name)
                    .filter(this::isOther)
                    .ifPresent(share -> newest.merge(share.run(), share, OtherRuns::newer));
        }
        before.removeAll(newest.keySet());
        forget(before);
        newest.values().forEach(share -> see(share, leaseOf(share)));
        for (Sighting dead : dead()) {
            LOG.info(
                    "{} has died; its {} machines no longer count",
                    dead.words(),
                    dead.share().running());
            forget(Set.of(dead.share().run()));
            profiles().names().stream()
                    .filter(name -> isOf(dead.share().run(), name))
                    .forEach(profiles()::delete);
        }
    }

    private boolean isOf(String run, String profile) {
        return MemberPlaces.isPlace(profile)
                ? leaseOf(profile).map(MachineShare::run).stream().anyMatch(run::equals)
                : MachineShare.of(profile).map(MachineShare::run).stream().anyMatch(run::equals);
    }

    private boolean isOther(MachineShare share) {
        return !share.run().equals(here);
    }

    private static MachineShare newer(MachineShare one, MachineShare other) {
        return one.version() > other.version() ? one : other;
    }

    private synchronized Set<String> runs() {
        return new HashSet<>(known.keySet());
    }

    private synchronized void forget(Set<String> runs) {
        known.keySet().removeAll(runs);
    }

    private Optional<Lease> leaseOf(MachineShare share) {
        Optional<Lease> read;
        synchronized (this) {
            read = Optional.ofNullable(known.get(share.run())).flatMap(Sighting::lease);
        }
        return read.or(() -> leaseOf(share.name()));
    }

    private Optional<Lease> leaseOf(String profile) {
        return profiles().find(profile).map(Profile::config).flatMap(Lease::read);
    }

    private synchronized void see(MachineShare share, Optional<Lease> its) {
        known.merge(
                share.run(),
                new Sighting(share, System.nanoTime(), its),
                (before, now) -> before.share().version() < share.version()
                        ? now
                        : new Sighting(before.share(), before.at(), its));
    }

    private synchronized List<Sighting> dead() {
        return known.values().stream().filter(this::isOver).toList();
    }

    /** Its lease is one that was read once, and was written anew with each version since; so when that ends says nothing. */
    private boolean isOver(Sighting other) {
        boolean sameMachine = incus.endpoint() instanceof Endpoint.UnixSocket;
        return System.nanoTime() - other.at() > term.toNanos()
                || other.lease()
                        .filter(its -> its.isOfADeadProcess(lease, sameMachine))
                        .isPresent();
    }

    private Profiles profiles() {
        return incus.profiles();
    }
}
