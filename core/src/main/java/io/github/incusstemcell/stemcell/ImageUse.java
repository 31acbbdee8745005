package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.InstanceInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which images of ours are used, and removes those that are not.
 *
 * <p>Incus notes by itself when a container is made from an image. That somebody has asked for one, and may make a container of it in a
 * moment, we note as a property: the day, so that it costs one request a day.
 */
record ImageUse(Incus incus) {

    private static final Logger LOG = LoggerFactory.getLogger(ImageUse.class);

    /** Where Incus writes from which image an instance was made. */
    private static final String BASE_IMAGE = "volatile.base_image";

    /** Shorter, and an image that is just being used could look unused, as a day has 24 hours. */
    private static final Duration SHORTEST = Duration.ofDays(2);

    static String day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC).toString();
    }

    /** Notes that an image is used today; false where it is not there any more. */
    boolean note(ImageInfo image) {
        String today = day(Instant.now());
        if (today.equals(image.properties().get(ImageIdentity.LAST_USED))) {
            return true;
        }
        try {
            incus.images().updateProperties(image.fingerprint(), Map.of(ImageIdentity.LAST_USED, today));
            return true;
        } catch (IncusException e) {
            if (incus.images().find(image.fingerprint()).isEmpty()) {
                return false;
            }
            throw e;
        }
    }

    List<String> removeUnusedFor(Duration age, Instant now) {
        if (age.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "Images can be removed after 2 days without use or later, but not after " + age);
        }
        List<ImageInfo> unused = incus.images().list().stream()
                .filter(ImageIdentity::isOurs)
                .filter(image -> lastUse(image).isBefore(now.minus(age)))
                .toList();
        if (unused.isEmpty()) {
            return List.of();
        }
        Set<String> inUse = incus.instances().list().stream()
                .map(InstanceInfo::config)
                .map(config -> config.getOrDefault(BASE_IMAGE, ""))
                .collect(Collectors.toSet());
        List<ImageInfo> removable = unused.stream()
                .filter(image -> !inUse.contains(image.fingerprint()))
                .toList();
        removable.forEach(this::remove);
        return removable.stream().map(ImageInfo::fingerprint).toList();
    }

    private void remove(ImageInfo image) {
        LOG.info(
                "Removing the image {} of {}, last used on {}",
                image.fingerprint().substring(0, 12),
                image.properties().getOrDefault(ImageIdentity.SOURCE, "a stemcell"),
                day(lastUse(image)));
        incus.images().delete(image.fingerprint());
    }

    private static Instant lastUse(ImageInfo image) {
        return Stream.of(image.lastUsedAt(), image.uploadedAt(), noted(image))
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                // Nothing known of it: it stays.
                .orElse(Instant.MAX);
    }

    /** The end of the day, as the use may have been at any time of it. */
    private static Optional<Instant> noted(ImageInfo image) {
        try {
            return Optional.ofNullable(image.properties().get(ImageIdentity.LAST_USED))
                    .map(day -> LocalDate.parse(day).atTime(LocalTime.MAX).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            // Somebody edited it. What Incus knows is enough.
            return Optional.empty();
        }
    }
}
