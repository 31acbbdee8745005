package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.internal.Hashes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a stemcell needs on top of its own bytes to boot well as an unprivileged system container.
 *
 * <p>It is a set of Incus image templates: files that Incus writes into each container as it creates it. The image's
 * rootfs stays untouched. {@link OverlayPart} lists every part with its reason.
 */
public final class GuestOverlay {

    private final Set<OverlayPart> parts;

    private GuestOverlay(Set<OverlayPart> parts) {
        this.parts = parts;
    }

    /**
     * The overlay with all its parts.
     *
     * @return the overlay that a test gets unless it asks for another
     */
    public static GuestOverlay standard() {
        return new GuestOverlay(EnumSet.allOf(OverlayPart.class));
    }

    /**
     * This overlay less some of its parts.
     *
     * @param switchedOff the parts to leave out; those that are not in this overlay are ignored
     * @return the smaller overlay
     */
    public GuestOverlay without(OverlayPart... switchedOff) {
        Set<OverlayPart> remaining = EnumSet.noneOf(OverlayPart.class);
        remaining.addAll(parts);
        Arrays.asList(switchedOff).forEach(remaining::remove);
        return new GuestOverlay(remaining);
    }

    /**
     * The parts of this overlay, in the order in which {@link OverlayPart} declares them.
     *
     * @return an unmodifiable set
     */
    public Set<OverlayPart> parts() {
        return Set.copyOf(parts);
    }

    List<OverlayTemplate> templates() {
        return parts.stream().flatMap(part -> part.templates().stream()).toList();
    }

    /** Changes with every change of content, so that nobody has to remember to raise a version. */
    String digest() {
        MessageDigest sha256 = Hashes.sha256();
        for (OverlayTemplate template : templates()) {
            String whole = template.path() + '\0' + template.content() + '\0' + template.when() + '\0';
            sha256.update(whole.getBytes(StandardCharsets.UTF_8));
        }
        return Hashes.hex(sha256);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GuestOverlay overlay && overlay.parts.equals(parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    @Override
    public String toString() {
        return parts.toString();
    }
}
