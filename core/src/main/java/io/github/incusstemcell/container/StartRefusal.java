package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.stemcell.OverlayPart;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.util.List;
import java.util.Optional;

/**
 * What it means that the daemon refused to create or to start a container: the trait of the image that stands in the way, or the volume
 * that is too small, where that can be told.
 *
 * @param pool the storage pool of its root disk
 */
record StartRefusal(Instance instance, StemcellImage image, ContainerSpec spec, String pool) {

    /** As btrfs and zfs, other file systems, and Incus itself call it. */
    private static final List<String> TOO_LITTLE_SPACE = List.of(
            "Disk quota exceeded", "No space left on device", "run out of disk space", "exceeds specified volume size");

    /** Of LXC, which is told to run what is always there in an image of a system. */
    private static final String NO_INIT = "Failed to exec \"/sbin/init\"";

    /** In which the daemon writes the overlay; it keeps to itself why it could not. */
    private static final String BEFORE_START = "Failed to run lxc.hook.pre-start";

    /** {@return the error to throw: with words of our own, or as it came} */
    IncusStemcellException explained(IncusException refusal) {
        return explanation(refusal.getMessage())
                .map(words -> new IncusStemcellException(words, refusal))
                .orElse(refusal);
    }

    private Optional<String> explanation(String message) {
        if (TOO_LITTLE_SPACE.stream().anyMatch(message::contains)) {
            return Optional.of("Cannot create a container of " + image.source()
                    + ": its root file system does not fit into a volume of"
                    + " the storage pool " + pool + ". Give the container a larger one, by the device"
                    + " \"root,size=10GiB\", or all of the pool's, images' among them: incus storage set "
                    + pool + " volume.size=10GiB. If they are large enough, the pool is full.");
        }
        if (message.contains(NO_INIT)) {
            return Optional.of("Cannot start the container '" + instance.name() + "' of " + image
                    + ": it has no /sbin/init that can be run, as an image of a system has, such as a stemcell. Is it an"
                    + " application's? " + message);
        }
        if (message.contains(BEFORE_START)) {
            return partInTheWay()
                    .map(part -> "Cannot start the container '" + instance.name() + "' of " + image
                            + ": the overlay's part " + part + " writes files where the image has folders, "
                            + folders(part)
                            + ". Leave it out: withoutOverlay = OverlayPart." + part);
        }
        return Optional.empty();
    }

    private Optional<OverlayPart> partInTheWay() {
        return spec.overlay().parts().stream()
                .filter(part -> !folders(part).isEmpty())
                .findFirst();
    }

    private List<String> folders(OverlayPart part) {
        return part.paths().stream()
                .filter(path -> instance.files()
                        .find(path)
                        .filter(found -> found.type() == FileType.DIRECTORY)
                        .isPresent())
                .toList();
    }
}
