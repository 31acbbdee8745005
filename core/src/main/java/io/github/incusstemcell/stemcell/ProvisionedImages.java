package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.PublishedInstance;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that are kept of containers in which something was provisioned.
 *
 * <p>Thread-safe, and safe beside other processes and machines: those that provision the same at once end in one image.
 */
public final class ProvisionedImages {

    private static final Logger LOG = LoggerFactory.getLogger(ProvisionedImages.class);

    private final Incus incus;
    private final Progress progress;
    private final Optional<Instant> refreshedSince;

    /**
     * The provisioned images of one Incus.
     *
     * @param incus the daemon, in the project of the containers
     * @param progress hears how far the making of an image is
     */
    public ProvisionedImages(Incus incus, Progress progress) {
        this(incus, progress, Optional.empty());
    }

    private ProvisionedImages(Incus incus, Progress progress, Optional<Instant> refreshedSince) {
        this.incus = incus;
        this.progress = progress;
        this.refreshedSince = refreshedSince;
    }

    /**
     * The same, but an image that is older is not taken: it is removed, and made anew.
     *
     * @param since when the daemon may have got it at the earliest
     * @return the copy
     */
    public ProvisionedImages refreshedSince(Instant since) {
        return new ProvisionedImages(incus, progress, Optional.of(since));
    }

    /**
     * Finds an image, or has it made: of all threads of all this user's processes by one, while the others wait.
     *
     * @param wanted what it is to be
     * @param maker provisions a container and {@linkplain #keep keeps} it
     * @return the image
     */
    public StemcellImage findOrMake(ProvisionedImage wanted, Supplier<StemcellImage> maker) {
        return find(wanted).orElseGet(() -> new PreparationLock(wanted.alias())
                .whileHeld(() -> find(wanted).orElseGet(() -> {
                    removeOld(wanted);
                    return maker.get();
                })));
    }

    private void removeOld(ProvisionedImage wanted) {
        incus.images().list().stream()
                .filter(wanted::matches)
                .filter(image -> !isFresh(image))
                .forEach(image -> incus.images().delete(image.fingerprint()));
    }

    private boolean isFresh(ImageInfo image) {
        return refreshedSince.isEmpty()
                || image.uploadedAt()
                        .filter(moment -> !moment.isBefore(refreshedSince.get()))
                        .isPresent();
    }

    /** An image that somebody removes between our look and our note of its use does not count as found. */
    private Optional<StemcellImage> find(ProvisionedImage wanted) {
        Optional<ImageInfo> found = incus.images().list().stream()
                .filter(wanted::matches)
                .filter(this::isFresh)
                .filter(new ImageUse(incus)::note)
                .findFirst();
        found.ifPresent(image -> LOG.info(
                "Taking what {} has provisioned: {} of {}",
                wanted.provisioner(),
                wanted.alias(),
                image.uploadedAt().map(Instant::toString).orElse("an unknown date")));
        return found.map(ImageInfo::fingerprint).map(wanted::as);
    }

    /**
     * Makes an image of a stopped container. Another machine, whose locks we do not see, may have made the same image meanwhile: then
     * that one is taken.
     *
     * @param wanted what the image is
     * @param instance the container's name
     * @return the image
     */
    public StemcellImage keep(ProvisionedImage wanted, String instance) {
        PublishedInstance published = new PublishedInstance(
                instance, wanted.alias(), "provisioned by " + wanted.provisioner(), wanted.properties(instance));
        String what = "Making an image of what " + wanted.provisioner() + " provisioned";
        Progress making = progress.apart();
        try {
            return wanted.as(incus.images()
                    .publish(published, (operation, done, total) -> making.report(what, done, total))
                    .fingerprint());
        } catch (IncusException e) {
            removeNameless(instance);
            StemcellImage winner = find(wanted).orElseThrow(() -> e);
            LOG.info("Another machine has just provisioned the same image, {}", winner.alias());
            return winner;
        }
    }

    /** Where the name is taken, Incus leaves the image there without it. */
    private void removeNameless(String instance) {
        incus.images().list().stream()
                .filter(image -> instance.equals(image.properties().get(ProvisionedImage.MADE_OF)))
                .filter(image -> image.aliases().isEmpty())
                .forEach(image -> incus.images().delete(image.fingerprint()));
    }
}
