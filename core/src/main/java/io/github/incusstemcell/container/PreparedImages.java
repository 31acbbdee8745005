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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of one project, each prepared once in a run, and removed some day after it was last used. */
final class PreparedImages {

    private static final Logger LOG = LoggerFactory.getLogger(PreparedImages.class);

    private record Preparation(ImageReference reference, GuestOverlay overlay) {}

    private final StemcellImages images;
    private final Optional<Duration> maxAge;
    private final Map<Preparation, Once<StemcellImage>> prepared = new ConcurrentHashMap<>();

    PreparedImages(StemcellImages images, Optional<Duration> maxAge) {
        this.images = images;
        this.maxAge = maxAge;
    }

    StemcellImage prepare(ImageReference reference, GuestOverlay overlay) {
        return prepared.computeIfAbsent(
                        new Preparation(reference, overlay),
                        key -> new Once<>(() -> images.prepare(key.reference(), key.overlay())))
                .get();
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
