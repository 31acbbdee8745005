package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.util.List;
import java.util.Optional;

/**
 * What it means that the daemon refused to create a container: that the volume for its root disk is too small, that there is no pool for it, or
 * that its image is out of reach.
 *
 * @param project where the image is
 * @param pool the storage pool of its root disk
 */
record CreateRefusal(StemcellImage image, String project, String pool) implements Refusal {

    /** As btrfs and zfs, other file systems, and Incus itself call it. */
    private static final List<String> TOO_LITTLE_SPACE = List.of(
            "Disk quota exceeded", "No space left on device", "run out of disk space", "exceeds specified volume size");

    /** In a cluster an image is on some members, and goes from one to another when it is needed there. */
    private static final String NOWHERE = "Image not available on any online member";

    private static final String NO_POOL = "Storage pool not found";

    @Override
    public Optional<String> explanation(IncusException refused) {
        if (refused.answer().contains(NOWHERE)) {
            return Optional.of("Cannot create a container of " + image.source() + ": the image " + image.fingerprint()
                    + " is only on members of the cluster that are away. Bring one of them back, or delete the"
                    + " image, so that it is made anew: incus image delete " + image.fingerprint() + " --project "
                    + project + ". So that each is on more members: incus config set"
                    + " cluster.images_minimal_replica=3");
        }
        if (refused.answer().contains(NO_POOL)) {
            return Optional.of("Cannot create a container of " + image.source() + ": the storage pool " + pool
                    + " is not there any more. Create it again with: incus storage create " + pool
                    + " btrfs, or name another one by incus.stemcell.storage-pool");
        }
        if (TOO_LITTLE_SPACE.stream().noneMatch(refused.getMessage()::contains)) {
            return Optional.empty();
        }
        return Optional.of("Cannot create a container of " + image.source()
                + ": its root file system does not fit into a volume of"
                + " the storage pool " + pool + ". Give the container a larger one, by the device"
                + " \"root,size=10GiB\", or all of the pool's, images' among them: incus storage set "
                + pool + " volume.size=10GiB. If they are large enough, the pool is full.");
    }
}
