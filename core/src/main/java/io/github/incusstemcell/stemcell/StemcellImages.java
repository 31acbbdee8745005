package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Server;
import io.github.incusstemcell.incus.SplitImage;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.Rootfs;
import io.github.incusstemcell.oci.SourceImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes stemcells stand in Incus as native images.
 *
 * <p>An image is looked for by what it is made of, not by where it came from: who prepared it, and when, does not matter.
 * Where it is missing, its rootfs is uploaded as it is, beside metadata of our own, as a split image.
 *
 * <p>Thread-safe, and safe beside other processes: two that prepare the same image at once end in one image.
 */
public final class StemcellImages {

    private static final Logger LOG = LoggerFactory.getLogger(StemcellImages.class);

    private final Incus incus;
    private final OciImages sources;
    private final Progress progress;
    private final ImageServer imageServer;
    private final Optional<DaemonConversion> daemon;

    /**
     * Prepares images from some sources for one Incus.
     *
     * @param incus the daemon, in the project that the images go to
     * @param sources where stemcells come from
     * @param imageServer where the daemon finds images named {@code images:...}
     * @param progress hears how far an upload or a download is
     * @param daemon the daemon as what converts images; empty: they are converted here
     */
    public StemcellImages(
            Incus incus,
            OciImages sources,
            ImageServer imageServer,
            Progress progress,
            Optional<DaemonConversion> daemon) {
        this.incus = incus;
        this.sources = sources;
        this.imageServer = imageServer;
        this.progress = progress;
        this.daemon = daemon;
    }

    /**
     * Finds the image of a stemcell in Incus, or makes it.
     *
     * @param reference where the stemcell is
     * @param overlay what is to be laid over it. Images that are Incus's own already bring what they need, and get none
     * @return the image
     * @throws io.github.incusstemcell.oci.ImageNotFoundException if there is no such stemcell
     * @throws io.github.incusstemcell.IncusStemcellException if the daemon cannot fetch the image from a server of images, or cannot
     *     convert it where it is to do so, or does not run what it is for
     * @throws io.github.incusstemcell.oci.CorruptImageException if what came is not what the registry announced
     */
    public StemcellImage prepare(ImageReference reference, GuestOverlay overlay) {
        String what = "Preparing " + reference;
        Progress preparing = progress.apart();
        preparing.report(what, 0, -1);
        try {
            return find(reference, overlay);
        } finally {
            preparing.report(what, 1, 1);
        }
    }

    private StemcellImage find(ImageReference reference, GuestOverlay overlay) {
        if (reference instanceof ImageReference.Incus local) {
            return new DaemonImages(incus, imageServer, progress).existing(local);
        }
        if (reference instanceof ImageReference.Simplestreams published) {
            return new DaemonImages(incus, imageServer, progress).published(published);
        }
        Optional<String> converter = daemon.map(daemon -> daemon.converter(reference));
        SourceImage source = sources.resolve(reference);
        ImageIdentity identity =
                new ImageIdentity(source.digest().toString(), source.architecture(), overlay.digest(), converter);
        String fingerprint = find(identity).orElseGet(() -> convert(source, identity, overlay));
        return new StemcellImage(fingerprint, reference.toString(), identity.digest(), identity.alias());
    }

    /** An image that somebody removes between our look and our note of its use does not count as found. */
    private Optional<String> find(ImageIdentity identity) {
        return incus.images().list().stream()
                .filter(identity::matches)
                .filter(new ImageUse(incus)::note)
                .map(ImageInfo::fingerprint)
                .findFirst();
    }

    /**
     * Removes images that this library made and nobody has used for a while: no container of this project was made from them, nor did
     * anybody ask for them. Images of others are never removed.
     *
     * @param age for how long they must not have been used; at least 2 days, since their use is noted once a day
     * @return the fingerprints of those that were removed
     * @throws IllegalArgumentException if the age is shorter
     */
    public List<String> removeUnusedFor(Duration age) {
        return new ImageUse(incus).removeUnusedFor(age, Instant.now());
    }

    /** One process at a time: the others then find what the first has made. Without the lock they would only do work twice. */
    private String convert(SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        requireRunnable(source, identity);
        return new PreparationLock(identity.alias()).whileHeld(() -> find(identity)
                .orElseGet(() -> daemon.map(daemon -> daemon.convert(source, identity, overlay))
                        .orElseGet(() -> upload(source, identity, overlay))));
    }

    /** Before a layer is fetched for nothing. The members of a cluster may run others than the one that is asked. */
    private void requireRunnable(SourceImage source, ImageIdentity identity) {
        Server server = incus.server();
        String architecture = identity.incusArchitecture();
        if (!server.isClustered() && !server.architectures().contains(architecture)) {
            throw new IncusStemcellException(source.reference() + " is for " + architecture + ", which Incus on "
                    + incus.endpoint() + " does not run: it runs " + String.join(", ", server.architectures())
                    + ". Take another image or, of one that comes for several architectures, another by"
                    + " incus.stemcell.architecture");
        }
    }

    private String upload(SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        LOG.info("Preparing {} for Incus, once", source.reference());
        Instant begin = Instant.now();
        try (EarlyUpload upload = new EarlyUpload(rootfs -> upload(rootfs, source, identity, overlay))) {
            Rootfs rootfs = source.rootfs(upload::begin);
            Instant fetched = Instant.now();
            String fingerprint = upload.of(rootfs);
            giveAlias(identity.alias(), fingerprint, source);
            LOG.info(
                    "Prepared {} as Incus image {}: fetched in {} ms, converted in {} ms",
                    source.reference(),
                    fingerprint.substring(0, 12),
                    Duration.between(begin, fetched).toMillis(),
                    Duration.between(fetched, Instant.now()).toMillis());
            return fingerprint;
        }
    }

    /**
     * Another machine, whose locks we do not see, may upload the same image meanwhile. The daemon then refuses ours, in one of
     * several ways, depending on how close the two are.
     */
    String upload(Rootfs rootfs, SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        SplitImage image = new SplitImage(
                new ImageMetadata(identity, overlay).tarball(),
                rootfs::open,
                rootfs.size(),
                Optional.empty(),
                Map.of(
                        ImageIdentity.SOURCE,
                        source.reference().toString(),
                        ImageIdentity.LAST_USED,
                        ImageUse.day(Instant.now())),
                progress.apart());
        try {
            return incus.images().upload(image).fingerprint();
        } catch (IncusException e) {
            String winner = find(identity).orElseThrow(() -> e);
            LOG.info("Another machine has just prepared the same image, {}", winner.substring(0, 12));
            return winner;
        }
    }

    /** For people only: what we look for are the properties, which come into being together with the image. */
    private void giveAlias(String alias, String fingerprint, SourceImage source) {
        try {
            incus.images().createAlias(alias, fingerprint, source.reference().toString());
        } catch (IncusException | IncusConnectionException e) {
            // Taken by another image, perhaps of a machine that was as fast as we were; or forbidden, or lost on the
            // way.
            LOG.info("The image {} of {} has no alias in Incus: {}", alias, source.reference(), e.getMessage());
        }
    }
}
