package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.NetworkInfo;
import io.github.incusstemcell.incus.Profiles.Profile;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers, their disks and private networks of ours whose owner died without removing them, and those whose lease is over. What
 * has no lease is not ours and is left alone: the user's own, and the images and the one bridge that all runs share.
 *
 * <p>Several processes may do it at once: what is gone already, or is being removed by another, is fine with each of them.
 */
record Sweep(Incus incus, Predicate<Lease> isOver) {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** So many containers are removed at once; with more the daemon would do no more work, but keep each longer. */
    private static final int AT_ONCE = 8;

    /** Of what nobody needs any more. */
    static Sweep ofTheDead(Incus incus, Lease here) {
        boolean sameMachine = incus.endpoint() instanceof Endpoint.UnixSocket;
        Instant now = Instant.now();
        return new Sweep(incus, lease -> lease.isOver(here, sameMachine, now));
    }

    /** Of what this run has and is not to be kept: for one that ends before its time. */
    static Sweep ofThisRun(Incus incus, Lease here) {
        return new Sweep(incus, lease -> lease.run().equals(here.run()) && !lease.kept());
    }

    /**
     * Containers first: a network, or a disk, that is in use cannot be removed.
     *
     * @return what was found, and whose it was
     * @throws IncusStemcellException if the daemon cannot be asked; what could be removed is gone then
     */
    List<Swept> run() {
        List<Callable<Swept>> removals = new ArrayList<>();
        for (InstanceInfo instance : incus.instances().list()) {
            removal(instance.name(), instance.config(), () -> incus.instance(instance.name())
                            .delete())
                    .ifPresent(removals::add);
        }
        List<Swept> swept = new ArrayList<>(atOnce(removals));
        for (NetworkInfo network : incus.networks().list()) {
            removal(network.name(), network.config(), () -> incus.networks().delete(network.name()))
                    .map(Sweep::now)
                    .ifPresent(swept::add);
        }
        for (StoragePool pool : pools()) {
            DiskPool.of(pool, project -> incus.project(project).storagePools())
                    .flatMap(disk -> removal(pool.name(), pool.config(), disk::delete))
                    .map(Sweep::now)
                    .ifPresent(swept::add);
        }
        swept.addAll(profiles());
        return swept;
    }

    /** Of a limit of machines. A run has a share as long as it has a place on a member of a cluster. */
    private List<Swept> profiles() {
        List<Profile> found = incus.profiles().names().stream()
                .filter(MachineLimit::isProfile)
                .flatMap(name -> incus.profiles().find(name).stream())
                .toList();
        Memoized<Set<String>> runs = new Memoized<>(this::runsWithShares);
        return found.stream()
                .flatMap(profile -> removal(
                        lease -> isOver.test(lease)
                                || MemberPlaces.isPlace(profile.name())
                                        && !runs.get().contains(MachineShare.run(lease)),
                        profile.name(),
                        profile.config(),
                        () -> incus.profiles().delete(profile.name()))
                        .stream())
                .map(Sweep::now)
                .toList();
    }

    private Set<String> runsWithShares() {
        return incus.profiles().names().stream()
                .flatMap(name -> MachineShare.of(name).stream())
                .map(MachineShare::run)
                .collect(Collectors.toSet());
    }

    /** 6.0 shows them to nobody who is confined to a project; but there nobody can have made one either. */
    private List<StoragePool> pools() {
        try {
            return incus.storagePools().list();
        } catch (IncusException e) {
            LOG.debug("The storage pools of {} cannot be seen", incus.endpoint(), e);
            return List.of();
        }
    }

    private Optional<Callable<Swept>> removal(String name, Map<String, String> config, Runnable removal) {
        return removal(isOver, name, config, removal);
    }

    private static Optional<Callable<Swept>> removal(
            Predicate<Lease> isLeft, String name, Map<String, String> config, Runnable removal) {
        return Lease.read(config).filter(isLeft).map(lease -> () -> {
            Swept swept = Swept.removed(name, lease);
            LOG.info("Removing {}", swept);
            try {
                removal.run();
                return swept;
            } catch (IncusException e) {
                // Another process may be at it as well; what stays will be looked at again at the next start.
                LOG.info("{} is not removed now, but by the next run: {}", name, e.getMessage());
                return swept.left(e.getMessage());
            }
        });
    }

    private static Swept now(Callable<Swept> removal) {
        FutureTask<Swept> task = new FutureTask<>(removal);
        task.run();
        return await(List.of(task)).get(0);
    }

    /** A JVM that is told to end does not have the time for one after the other. */
    private static List<Swept> atOnce(List<Callable<Swept>> removals) {
        if (removals.isEmpty()) {
            return List.of();
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(AT_ONCE, removals.size()), DaemonThreads.named("sweep"));
        try {
            List<Future<Swept>> running = new ArrayList<>();
            removals.forEach(removal -> running.add(threads.submit(removal)));
            return await(running);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Swept> await(List<? extends Future<Swept>> running) {
        List<Swept> swept = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Future<Swept> removal : running) {
            try {
                swept.add(removal.get());
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            } catch (InterruptedException e) {
                throw Waiting.interrupted("containers were removed; the next run removes those that are left", e);
            }
        }
        if (!failures.isEmpty()) {
            IncusStemcellException failure = new IncusStemcellException(
                    failures.size() + " of " + running.size()
                            + " containers could not be removed, but will be by the next run: "
                            + failures.get(0).getMessage(),
                    failures.get(0));
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
        return swept;
    }
}
