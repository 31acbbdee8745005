package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.PulledImage;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.ImageReference;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Images that need no conversion, as they are Incus's own: those it has, and those of a server that it can fetch by itself. They are used as
 * they are, without our overlay.
 *
 * <p>What is brought into our project for that is noted as ours, so that it goes when it is no longer used; an image that was there is not.
 *
 * @param incus the daemon, in the project of the containers
 * @param server where it fetches from
 * @param progress hears how far it is with that
 */
record DaemonImages(Incus incus, ImageServer server, Progress progress) {

    /** Where people keep their images. */
    private static final String DEFAULT_PROJECT = "default";

    private static final String NO_OVERLAY = "none";

    StemcellImage existing(ImageReference.Incus reference) {
        ImageInfo image = incus.images()
                .find(reference.image())
                .or(() -> inDefaultProject(reference))
                .orElseThrow(() -> missing(reference));
        return known(image, reference, reference.image());
    }

    private Optional<ImageInfo> inDefaultProject(ImageReference.Incus reference) {
        if (incus.project().equals(DEFAULT_PROJECT)) {
            return Optional.empty();
        }
        return incus.project(DEFAULT_PROJECT)
                .images()
                .find(reference.image())
                .map(ImageInfo::fingerprint)
                .map(fingerprint -> once(fingerprint, () -> incus.images()
                        .pull(PulledImage.ofProject(
                                DEFAULT_PROJECT, fingerprint, notes(digest(fingerprint), reference)))));
    }

    /** Another process may bring the same image here at the same moment: then that one is it. */
    private ImageInfo once(String fingerprint, Supplier<ImageInfo> pull) {
        return incus.images().find(fingerprint).orElseGet(() -> {
            try {
                return pull.get();
            } catch (IncusException e) {
                return incus.images().find(fingerprint).orElseThrow(() -> e);
            }
        });
    }

    /**
     * Asks the daemon in each run which image bears the name now. It looks at the server once an hour at most, and fetches an image only
     * where it does not have it.
     */
    StemcellImage published(ImageReference.Simplestreams reference) {
        Set<String> before =
                incus.images().list().stream().map(ImageInfo::fingerprint).collect(Collectors.toSet());
        ImageInfo image = fetch(reference);
        if (!before.contains(image.fingerprint())) {
            incus.images().updateProperties(image.fingerprint(), notes(digest(image.fingerprint()), reference));
        }
        return known(image, reference, reference.alias());
    }

    private ImageInfo fetch(ImageReference.Simplestreams reference) {
        try {
            return incus.images()
                    .pull(
                            PulledImage.ofSimplestreams(
                                    server.url(), server.certificate(), reference.alias(), Map.of()),
                            progress.apart());
        } catch (IncusException e) {
            throw new IncusStemcellException(
                    "Incus on " + incus.endpoint() + " could not fetch " + reference + " from " + server.url() + ": "
                            + e.answer()
                            + ". The daemon fetches it by itself: its machine has to reach that server, and"
                            + " to trust it or be told its certificate (incus.stemcell.image.server.certificate)",
                    e);
        }
    }

    private StemcellImage known(ImageInfo image, ImageReference reference, String alias) {
        if (ImageIdentity.isOurs(image)) {
            new ImageUse(incus).note(image);
        }
        return new StemcellImage(image.fingerprint(), reference.toString(), digest(image.fingerprint()), alias);
    }

    /** What is noted on an image that gets no overlay, as ours, so that it goes when it is no longer used. */
    static Map<String, String> notes(String digest, ImageReference reference) {
        return Map.of(
                ImageIdentity.DIGEST,
                digest,
                ImageIdentity.OVERLAY,
                NO_OVERLAY,
                ImageIdentity.SOURCE,
                reference.toString(),
                ImageIdentity.LAST_USED,
                ImageUse.day(Instant.now()));
    }

    /** An image's fingerprint is the SHA-256 of its bytes. */
    private static String digest(String fingerprint) {
        return "sha256:" + fingerprint;
    }

    private ImageNotFoundException missing(ImageReference.Incus reference) {
        String places = incus.project().equals(DEFAULT_PROJECT)
                ? "the project 'default'"
                : "the projects '" + incus.project() + "' and 'default'";
        return new ImageNotFoundException("Incus on " + incus.endpoint() + " has no image '" + reference.image()
                + "' in " + places + ". See what there is with: incus image list --project " + incus.project());
    }
}
