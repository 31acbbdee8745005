package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.stemcell.StemcellImages;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of one project, each prepared once in a run, and removed some day after it was last used. */
final class PreparedImages {

    private static final Logger LOG = LoggerFactory.getLogger(PreparedImages.class);

    private record Preparation(ImageReference reference, GuestOverlay overlay) {}

    private final StemcellImages images;
    private final Optional<Duration> maxAge;
    private final Map<Preparation, Memoized<StemcellImage>> prepared = new ConcurrentHashMap<>();
    private final Map<Preparation, StemcellImage> known = new ConcurrentHashMap<>();

    PreparedImages(StemcellImages images, Optional<Duration> maxAge) {
        this.images = images;
        this.maxAge = maxAge;
    }

    StemcellImage prepare(ImageReference reference, GuestOverlay overlay) {
        Preparation wanted = new Preparation(reference, overlay);
        StemcellImage image = prepared.computeIfAbsent(
                        wanted,
                        key -> new Memoized<>(() -> DaemonLoss.outlive(
                                "Preparing " + key.reference(), () -> images.prepare(key.reference(), key.overlay()))))
                .get();
        known.put(wanted, image);
        return image;
    }

    /**
     * Forgets images that are there no more, which somebody may have deleted.
     *
     * @param isThere tells by a fingerprint
     * @return whether there were any
     */
    boolean forgetDeleted(Predicate<String> isThere) {
        return forgetDeleted(prepared, known, isThere);
    }

    /** The same of any images, with what makes them. */
    static <K> boolean forgetDeleted(
            Map<K, Memoized<StemcellImage>> made, Map<K, StemcellImage> known, Predicate<String> isThere) {
        boolean deleted = false;
        for (Map.Entry<K, StemcellImage> image : known.entrySet()) {
            if (!isThere.test(image.getValue().fingerprint())) {
                made.remove(image.getKey());
                known.remove(image.getKey());
                deleted = true;
            }
        }
        return deleted;
    }

    /** Forgets what failed, which may have come of something that was deleted. */
    void forgetFailures() {
        prepared.values().removeIf(Memoized::hasFailed);
    }

    void removeUnused() {
        try {
            maxAge.ifPresent(images::removeUnusedFor);
        } catch (IncusStemcellException e) {
            // All that was asked for is done. The next run tries again.
            LOG.warn("Old images could not be removed: {}", e.getMessage());
        }
    }
}
