package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ClusterMember;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.internal.DaemonThreads;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members of a cluster have unpacked an image. A member does that, and copies the image before where it has to, for the first container
 * of it, which is seconds slower by that. So members that have not are made to for a container that no test waits for, and is never started.
 */
final class ImageDistribution implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ImageDistribution.class);

    /** So many members at once: who has the image sends it to all of them. */
    private static final int AT_ONCE = 4;

    /** For those that are at it when the run is over. */
    private static final Duration END = Duration.ofMinutes(1);

    private record Unpacked(String image, String pool) {}

    private final Incus incus;
    private final Lease lease;
    private final Creations creations;
    private final Cluster cluster;
    private final MemoizedMap<Unpacked, Set<String>> members = new MemoizedMap<>(this::begin);
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            AT_ONCE, AT_ONCE, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.named("image"));

    ImageDistribution(Incus incus, Lease lease, Creations creations, Cluster cluster) {
        this.incus = incus;
        this.lease = lease;
        this.creations = creations;
        this.cluster = cluster;
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The members on which a container of an image starts as fast as can be; there are more of them later. Empty where that cannot be known.
     *
     * @param image its fingerprint
     */
    Set<String> having(String image, String pool) {
        return members.get(new Unpacked(image, pool));
    }

    private Set<String> begin(Unpacked wanted) {
        Set<String> having = ConcurrentHashMap.newKeySet();
        try {
            if (incus.storagePools().find(wanted.pool()).stream().noneMatch(RootDiskPools::clones)) {
                // It unpacks the image for each container.
                return having;
            }
            having.addAll(incus.storagePools().imageLocations(wanted.pool(), wanted.image()));
        } catch (IncusException e) {
            LOG.debug("{} does not say which members have unpacked {}", incus.endpoint(), wanted, e);
            return having;
        }
        // It was given the image, so that it comes first to the tests that wait now.
        having.add(incus.server().member());
        for (ClusterMember member : incus.clusterMembers()) {
            if (member.isOnline() && !having.contains(member.name())) {
                threads.execute(() -> unpack(wanted, member.name(), having));
            }
        }
        return having;
    }

    private void unpack(Unpacked wanted, String member, Set<String> having) {
        Instance container = incus.instance(InstanceRequest.newName());
        NewInstance request = NewInstance.named(container.name())
                .image(wanted.image())
                .config(lease.renewedOf("an image for " + member).keys())
                .device("root", Map.of("type", "disk", "path", "/", "pool", wanted.pool()))
                .target(member)
                .build();
        try {
            creations.create(() -> incus.instances().create(request));
        } catch (IncusStemcellException e) {
            // A test that comes there is told; with none it does no harm.
            LOG.debug("{} has not unpacked {}", member, wanted, e);
        } finally {
            having.add(member);
            cluster.changed();
            remove(container);
        }
    }

    private static void remove(Instance container) {
        try {
            container.delete();
        } catch (IncusStemcellException e) {
            LOG.debug("{} is left to the next run", container.name(), e);
        }
    }

    /** Waits for those that are at it. */
    @Override
    public void close() {
        threads.getQueue().clear();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn(
                        "Members of the cluster of {} are still unpacking an image; what they do that for is removed by"
                                + " the next run",
                        incus.endpoint());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
