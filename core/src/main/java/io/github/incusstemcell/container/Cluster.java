package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ClusterMember;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.MemberLostException;
import io.github.incusstemcell.incus.NoQuorumException;
import io.github.incusstemcell.internal.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of the daemon's cluster, and which of them a container of this JVM goes to: the one with the fewest for its processors, where no
 * more are starting than it has of these.
 */
final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    /** By this Incus itself tells a group from a member. */
    private static final String GROUP = "@";

    private final Incus incus;
    private final MemoizedMap<String, Integer> processors;
    private final MemoizedMap<String, Incus> clients;
    /** How many containers of this JVM are on a member, and how many of these are starting. */
    private final Map<String, Load> loads = new HashMap<>();

    /** The member of the containers that share a network of their own. */
    private final Map<String, String> membersOfNetworks = new ConcurrentHashMap<>();

    private Cluster(Incus incus) {
        this.incus = incus;
        this.processors = new MemoizedMap<>(this::askForProcessors);
        this.clients = new MemoizedMap<>(incus::onMember);
    }

    private int askForProcessors(String member) {
        try {
            return Math.max(1, incus.processors(member));
        } catch (IncusException e) {
            LOG.debug("{} of {} does not say how many processors it has", member, incus.endpoint(), e);
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** Empty where the daemon is in none, or shows us no members: then it chooses for itself. */
    static Optional<Cluster> of(Incus incus) {
        if (!incus.server().isClustered()) {
            return Optional.empty();
        }
        try {
            incus.clusterMembers();
            return Optional.of(new Cluster(incus));
        } catch (NoQuorumException e) {
            throw e;
        } catch (IncusException e) {
            LOG.debug("{} shows no members of its cluster", incus.endpoint(), e);
            return Optional.empty();
        }
    }

    /** Whether something failed since a member no longer answers. */
    static boolean isLoss(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(MemberLostException.class::isInstance);
    }

    /** What all members have of what there is, such as networks. */
    <T> List<T> onAllMembers(List<T> things, Function<T, List<String>> locations) {
        List<String> all = names(incus.clusterMembers());
        return things.stream()
                .filter(thing -> locations.apply(thing).containsAll(all))
                .toList();
    }

    /** {@return the members that lack something, in words; empty where none does} */
    String lacking(List<String> locations) {
        return incus.clusterMembers().stream()
                .map(ClusterMember::name)
                .filter(member -> !locations.contains(member))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** Refuses what only some members have: the rest of it is to be made first. */
    void requireEverywhere(String kind, String command, String name, List<String> locations) {
        String lacking = lacking(locations);
        if (!lacking.isEmpty()) {
            throw new IncusStemcellException("The " + kind + " '" + name + "' on " + incus.endpoint()
                    + " is pending: of the members of the cluster, it is not on " + lacking
                    + ". Make it there with: incus "
                    + command + " --target MEMBER, for each of them, and then without --target");
        }
    }

    /** How many containers can start at once, as each member starts as many as it has processors. */
    int startsAtOnce() {
        return startsAtOnce(incus.clusterMembers());
    }

    private int startsAtOnce(List<ClusterMember> members) {
        return members.stream()
                .filter(ClusterMember::isOnline)
                .mapToInt(this::processors)
                .sum();
    }

    private int processors(ClusterMember member) {
        return processors.get(member.name());
    }

    /** Has the containers on a network, which do not reach each other from one member to another, go to one member. */
    String pin(String network) {
        String member = choose(
                candidates(incus.clusterMembers(), Optional.empty(), "the network '" + network + "'", "", Set.of()),
                this::launchedOn);
        membersOfNetworks.put(network, member);
        return member;
    }

    /** Refuses what has to be made on each member, since one is away. */
    List<String> requireAll(String what) {
        List<ClusterMember> members = incus.clusterMembers();
        members.stream()
                .filter(member -> member.status().equals("Offline"))
                .findFirst()
                .ifPresent(away -> {
                    throw new IncusStemcellException("No " + what + " can be made on " + incus.endpoint()
                            + ", since each member of its cluster has to have its part, and "
                            + words(away, Set.of()) + ". Bring it back, remove it with: incus cluster remove --force "
                            + away.name() + ", or name a network that is there with network = \"...\"");
                });
        return names(members);
    }

    void unpin(String network) {
        membersOfNetworks.remove(network);
    }

    /**
     * Chooses a member and waits until it can start one more.
     *
     * @param image its fingerprint
     * @param having members that are taken rather than others, as they have that image; may grow meanwhile
     * @param lost those that are not to be tried again
     * @param places those of all runs, where there is a limit of machines; otherwise only those of this JVM are counted
     * @return what is held there; with the target itself, where that is a group, of which the cluster's own scheduler chooses one
     * @throws IncusStemcellException if there is no member for it
     */
    Reservation reserve(
            ContainerSpec spec, String image, Set<String> having, Set<String> lost, Optional<MemberPlaces> places) {
        Optional<String> pinned = spec.network().map(membersOfNetworks::get);
        Optional<String> target = spec.location().target();
        if (target.filter(name -> name.startsWith(GROUP)).isPresent() && pinned.isEmpty()) {
            requireGroup(target.get(), spec);
            return new Reservation(target.get(), incus, () -> {}, () -> {});
        }
        while (true) {
            List<ClusterMember> members = incus.clusterMembers();
            List<ClusterMember> candidates =
                    candidates(members, pinned.or(() -> target), spec.container(), image, lost);
            Optional<Reservation> reservation = places.isEmpty()
                    ? takeOrAwaitChange(preferred(candidates, named(having)), this::launchedOn, spec)
                    : takePlace(places.get(), members, candidates, having, spec);
            if (reservation.isPresent()) {
                return reservation.get();
            }
        }
    }

    private static Predicate<ClusterMember> named(Set<String> names) {
        return member -> names.contains(member.name());
    }

    private static List<ClusterMember> preferred(List<ClusterMember> candidates, Predicate<ClusterMember> preference) {
        List<ClusterMember> preferred = candidates.stream().filter(preference).toList();
        return preferred.isEmpty() ? candidates : preferred;
    }

    /** On a member that is at its bound only where all candidates are, as they may be where a test names some of the members. */
    private Optional<Reservation> takePlace(
            MemberPlaces places,
            List<ClusterMember> members,
            List<ClusterMember> candidates,
            Set<String> having,
            ContainerSpec spec) {
        int ofAll = startsAtOnce(members);
        MemberPlaces.Taken taken = places.taken();
        List<ClusterMember> roomy = preferred(
                candidates, candidate -> taken.on(candidate.name()) < places.bound(processors(candidate), ofAll));
        Optional<Reservation> chosen = takeOrAwaitChange(preferred(roomy, named(having)), taken::on, spec);
        Optional<Reservation> there = Optional.empty();
        try {
            there = chosen.flatMap(
                    reservation -> places.take(reservation.target(), taken).map(reservation::andThen));
            return there;
        } finally {
            if (there.isEmpty()) {
                chosen.ifPresent(Reservation::release);
            }
        }
    }

    private synchronized Optional<Reservation> takeOrAwaitChange(
            List<ClusterMember> candidates, ToIntFunction<String> machines, ContainerSpec spec) {
        String member = choose(candidates, machines);
        Load load = load(member);
        if (load.starting < processors.get(member)) {
            load.starting++;
            load.all++;
            return Optional.of(new Reservation(member, clients.get(member), () -> started(load), () -> ended(load)));
        }
        try {
            wait();
            return Optional.empty();
        } catch (InterruptedException e) {
            throw Waiting.interrupted(spec.container() + " waited for its turn on the cluster", e);
        }
    }

    private void requireGroup(String target, ContainerSpec spec) {
        String group = target.substring(GROUP.length());
        List<ClusterMember> members = incus.clusterMembers();
        if (members.stream().noneMatch(member -> member.groups().contains(group))) {
            throw new IncusStemcellException("No member of the cluster of " + incus.endpoint() + " is in the group '"
                    + group + "', the target of " + spec.container() + "; there is "
                    + members.stream()
                            .flatMap(member -> member.groups().stream())
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
    }

    private List<ClusterMember> candidates(
            List<ClusterMember> members, Optional<String> target, String what, String image, Set<String> lost) {
        Optional<String> architecture = architecture(image, members);
        Optional<Set<String>> wanted = target.map(names -> Set.of(names.split("\\s*,\\s*")));
        wanted.ifPresent(names -> requireMembers(names, members, what));
        List<ClusterMember> candidates = members.stream()
                .filter(ClusterMember::isOnline)
                .filter(member -> !lost.contains(member.name()))
                .filter(member -> wanted.isEmpty() || wanted.get().contains(member.name()))
                .filter(member -> architecture.isEmpty() || architecture.get().equals(member.architecture()))
                .toList();
        if (candidates.isEmpty()) {
            throw new IncusStemcellException("No member of the cluster of " + incus.endpoint() + " can take " + what
                    + target.map(names -> ", whose target is " + names).orElse("")
                    + architecture
                            .map(name -> ", and whose image is for " + name)
                            .orElse("") + ". They are: "
                    + members.stream().map(member -> words(member, lost)).collect(Collectors.joining("; "))
                    + ". Look at: incus cluster list");
        }
        // Asked before any lock is held, as one that is dying may not answer for long.
        candidates.forEach(this::processors);
        return candidates;
    }

    /** Only of interest where there are several. */
    private Optional<String> architecture(String image, List<ClusterMember> members) {
        boolean mixed =
                members.stream().map(ClusterMember::architecture).distinct().count() > 1;
        return mixed && !image.isEmpty() ? incus.images().find(image).map(ImageInfo::architecture) : Optional.empty();
    }

    private static String words(ClusterMember member, Set<String> lost) {
        return member.name() + " (" + member.architecture() + ") is " + member.status() + ": "
                + (lost.contains(member.name()) ? "lost while a container was started" : member.message());
    }

    private void requireMembers(Set<String> names, List<ClusterMember> members, String what) {
        List<String> all = names(members);
        names.stream().filter(name -> !all.contains(name)).findFirst().ifPresent(unknown -> {
            throw new IncusStemcellException(
                    "The target '" + unknown + "' of " + what + " is no member of the cluster of " + incus.endpoint()
                            + ", whose members are " + String.join(", ", all));
        });
    }

    /** The one with the fewest for its processors; among equals by chance, since other JVMs choose from them, too. */
    private synchronized String choose(List<ClusterMember> candidates, ToIntFunction<String> machines) {
        List<ClusterMember> inAnyOrder = new ArrayList<>(candidates);
        Collections.shuffle(inAnyOrder);
        return inAnyOrder.stream()
                .min(Comparator.comparingDouble((ClusterMember member) -> isFull(member) ? 1 : 0)
                        .thenComparingDouble(
                                member -> (double) machines.applyAsInt(member.name()) / processors(member)))
                .orElseThrow()
                .name();
    }

    private boolean isFull(ClusterMember member) {
        return load(member.name()).starting >= processors(member);
    }

    private int launchedOn(String member) {
        return load(member).all;
    }

    private Load load(String member) {
        return loads.computeIfAbsent(member, absent -> new Load());
    }

    /** Has those that wait look again. */
    synchronized void changed() {
        notifyAll();
    }

    private synchronized void started(Load load) {
        load.starting--;
        notifyAll();
    }

    private synchronized void ended(Load load) {
        load.all--;
        notifyAll();
    }

    private static List<String> names(List<ClusterMember> members) {
        return members.stream().map(ClusterMember::name).sorted().toList();
    }

    @Override
    public void close() {
        clients.forEach((member, client) -> client.close());
    }

    private static final class Load {
        private int all;
        private int starting;
    }
}
