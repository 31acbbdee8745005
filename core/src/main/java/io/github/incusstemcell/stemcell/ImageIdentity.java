package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.incus.ImageInfo;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What makes a prepared image the same image, whoever prepares it: the source's digest, its architecture, what is
 * laid over it, and by whom it was converted, where that was not this library.
 *
 * @param digest the digest of the source image, such as {@code sha256:...}
 * @param architecture the architecture in OCI's words, such as {@code amd64}
 * @param overlay the digest of the overlay's content
 * @param converter the daemon that converted it, such as {@code Incus 7.0.2}; empty for this library
 */
record ImageIdentity(String digest, String architecture, String overlay, Optional<String> converter) {

    /** The properties of an Incus image by which a later run, perhaps of another user on another machine, finds it. */
    static final String DIGEST = "incus-stemcell.digest";

    static final String OVERLAY = "incus-stemcell.overlay";

    /** Only on images that this library did not convert itself. */
    static final String CONVERTER = "incus-stemcell.converter";

    /** Where the image came from when it was first prepared, and the day of its last use: not part of its identity. */
    static final String SOURCE = "incus-stemcell.source";

    static final String LAST_USED = "incus-stemcell.last-used";

    ImageIdentity {
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(overlay, "overlay");
        Objects.requireNonNull(converter, "converter");
    }

    /** The identity of what this library converts. */
    ImageIdentity(String digest, String architecture, String overlay) {
        this(digest, architecture, overlay, Optional.empty());
    }

    /** The properties that go into the image itself; sorted, since their order is part of its fingerprint. */
    Map<String, String> properties() {
        Map<String, String> properties = new TreeMap<>(Map.of(
                "description",
                "Stemcell " + shortDigest() + ", prepared by Incus Stemcell",
                "type",
                "stemcell",
                DIGEST,
                digest,
                OVERLAY,
                overlay));
        converter.ifPresent(name -> properties.put(CONVERTER, name));
        return properties;
    }

    /**
     * Whether this library has brought an image into Incus, so that it may be removed by it. What somebody publishes of a container
     * inherits the properties that are in the image's own metadata, but not those that were noted on it.
     */
    static boolean isOurs(ImageInfo image) {
        Map<String, String> properties = image.properties();
        return properties.containsKey(ProvisionedImage.KEY)
                ? ProvisionedImage.isOurs(image)
                : properties.containsKey(DIGEST)
                        && properties.containsKey(OVERLAY)
                        && (properties.containsKey(SOURCE) || DaemonConversion.isUnfinished(image));
    }

    boolean matches(ImageInfo image) {
        Map<String, String> properties = image.properties();
        return isOurs(image)
                && !properties.containsKey(ProvisionedImage.KEY)
                && digest.equals(properties.get(DIGEST))
                && overlay.equals(properties.get(OVERLAY))
                && converter.equals(Optional.ofNullable(properties.get(CONVERTER)));
    }

    /** The alias that people see in {@code incus image list}. */
    String alias() {
        return "stemcell-" + shortDigest() + "-" + overlay.substring(0, 8)
                + converter
                        .map(name -> "-" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-"))
                        .orElse("");
    }

    /** Incus writes architectures as the kernel does, OCI as Go does. */
    String incusArchitecture() {
        return switch (architecture) {
            case "amd64" -> "x86_64";
            case "arm64" -> "aarch64";
            case "arm" -> "armv7l";
            case "386" -> "i686";
            default -> architecture;
        };
    }

    private String shortDigest() {
        String hex = digest.substring(digest.indexOf(':') + 1);
        return hex.substring(0, Math.min(12, hex.length()));
    }
}
