package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.util.List;
import java.util.Optional;

/**
 * What it means that the daemon refused to start a container: the trait of the image, or of what became of it, that stands in the way, where
 * that can be told.
 */
record StartRefusal(Instance instance, StemcellImage image, GuestOverlay overlay) implements Refusal {

    /** Of LXC, which is told to run what is always there in an image of a system. */
    private static final String NO_INIT = "Failed to exec \"/sbin/init\"";

    /** In which the daemon writes the overlay; it keeps to itself why it could not. */
    private static final String BEFORE_START = "Failed to run lxc.hook.pre-start";

    @Override
    public Optional<String> explanation(IncusException refused) {
        String message = refused.getMessage();
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
        return overlay.parts().stream().filter(part -> !folders(part).isEmpty()).findFirst();
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
